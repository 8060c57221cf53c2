import Storage

/// One thing that an account's devices keep in step, as it is now.
public struct SyncRow: Equatable, Sendable {
    public let key: SyncKey
    /// Nil of one that was deleted: its tombstone.
    public let data: CanonicalJSON?
    /// Of ``data``.
    public let checksum: String?
    /// 1, and one more with every change.
    public let version: Int64
    /// Of its last change, among all of the account.
    public let seq: Int64
    /// ``seq`` of when it came to be, or came back.
    let born: Int64
    /// Which device changed it last, if that one said.
    public let device: String?
    public let changedAt: Timestamp
    public let deletedAt: Timestamp?

    public var isDeleted: Bool { deletedAt != nil }

    /// Bytes.
    var size: Int { data?.text.utf8.count ?? 0 }
}

/// What a device wants a thing to be.
public struct SyncChange: Equatable, Sendable {
    /// Of the data of one thing in its canonical form, bytes: more belongs into a file that the thing names.
    public static let largest = 32 << 10

    public let key: SyncKey
    /// Nil deletes.
    public let data: CanonicalJSON?
    /// Only if it is of this version still; 0: only if it is not there. Nil: whatever is there, as the last one wins.
    public let ifVersion: Int64?

    /// - Throws: ``ServiceError`` `.invalid`.
    public init(_ key: SyncKey, to data: CanonicalJSON?, ifVersion: Int64? = nil) throws(ServiceError) {
        guard ifVersion ?? 0 >= 0 else {
            throw .invalid(field: "if_version", "'if_version' is a version that was read, or 0")
        }
        guard data?.text.utf8.count ?? 0 <= Self.largest else {
            throw .invalid(
                field: "data",
                "'data' has more than \(Self.largest) bytes as canonical JSON: keep it as a file, and name that here")
        }
        (self.key, self.data, self.ifVersion) = (key, data, ifVersion)
    }
}

/// What became of a change.
public enum SyncOutcome: String, Codable, CaseIterable, Sendable {
    case applied
    /// It was so already.
    case unchanged
    /// It is of another version than the change was made for.
    case conflict
}

extension SyncChange {
    /// What is to become of it where `row` is there, if any.
    func outcome(over row: SyncRow?) -> SyncOutcome {
        // Also where the versions differ: what the device wants is there, as after an answer that was lost.
        if data?.text == row?.data?.text { return .unchanged }
        guard let ifVersion else { return .applied }
        let isAsRead = ifVersion == row?.version ?? 0 || ifVersion == 0 && row?.isDeleted == true
        return isAsRead ? .applied : .conflict
    }

    /// What it makes of `row`.
    func applied(to row: SyncRow?, as seq: Int64, by device: SyncDevice?, at now: Timestamp) -> SyncRow {
        let isBorn = row == nil || row?.isDeleted == true
        return SyncRow(
            key: key, data: data, checksum: data?.checksum, version: (row?.version ?? 0) + 1, seq: seq,
            born: isBorn ? seq : row?.born ?? seq, device: device?.text, changedAt: now,
            deletedAt: data == nil ? now : nil)
    }
}
