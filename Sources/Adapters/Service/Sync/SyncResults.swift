import Storage

/// What became of the changes of a request, in their order.
public struct SyncResults: Equatable, Sendable {
    public struct Result: Equatable, Sendable {
        public let key: SyncKey
        public let outcome: SyncOutcome
        /// That it is of now; 0 of what is not there.
        public let version: Int64
        /// Of its last change; 0 of what is not there.
        public let seq: Int64
        public let checksum: String?
        /// What is there instead, of a conflict; nil also where there is nothing, or so many that they are to be read.
        public let row: SyncRow?
    }

    public let results: [Result]
    /// Of the newest change of the account.
    public let seq: Int64

    /// - Parameter rows: as they are now.
    init(_ receipt: SyncReceipt, of changes: [SyncChange], _ rows: [SyncKey: SyncRow]) {
        var bytes = 0
        results = zip(receipt.results, changes).map { result, change in
            let row = result.outcome == .conflict ? rows[change.key] : nil
            bytes += row?.size ?? 0
            return Result(
                key: change.key, outcome: result.outcome, version: result.version, seq: result.seq,
                checksum: result.checksum, row: bytes <= Sync.conflictBytes ? row : nil)
        }
        seq = receipt.seq
    }
}

/// What a request did, for a repeat of it.
struct SyncReceipt: Codable {
    struct Result: Codable {
        let outcome: SyncOutcome
        let version: Int64
        let seq: Int64
        let checksum: String?

        init(_ outcome: SyncOutcome, _ row: SyncRow?) {
            (self.outcome, checksum) = (outcome, row?.checksum)
            (version, seq) = (row?.version ?? 0, row?.seq ?? 0)
        }
    }

    let results: [Result]
    let seq: Int64
}

/// Some of the changes since a number.
public struct SyncPage: Equatable, Sendable {
    public let rows: [SyncRow]
    /// Up to which the device has seen all, once it has this page and those before it.
    public let seq: Int64
    /// Whether these begin with the first of all, as deletions that the device has not seen are forgotten, or it has seen
    /// what never was: all that it had from here is to go first.
    public let isReset: Bool
    /// Nil on the last page.
    public let next: String?
}

/// How much an account keeps.
public struct SyncStatus: Equatable, Sendable {
    /// Of the newest change.
    public let seq: Int64
    /// Who has seen less than this begins anew.
    public let oldest: Int64
    /// With those deleted in the last 90 days.
    public let rows: Int
    public let bytes: Int
}

/// Where a device is in the pages of what there is.
struct SyncPlace: Equatable {
    let seq: Int64
    /// ``SyncRecords/Head/trimmed`` when the pages began.
    let trimmed: Int64

    init(seq: Int64, trimmed: Int64) {
        (self.seq, self.trimmed) = (seq, trimmed)
    }

    /// Who has seen nothing knows of nothing that is gone.
    init(beginningAfter since: Int64, _ head: SyncRecords.Head) {
        let isKnown = (head.trimmed...max(head.trimmed, head.latest)).contains(since)
        self.init(seq: isKnown ? since : 0, trimmed: head.trimmed)
    }

    /// - Throws: ``ServiceError`` `.invalid` for what another account or list gave out.
    init(_ text: String, of account: AccountID) throws(ServiceError) {
        guard let cursor = PageCursor(text, for: account, list: Self.list), let trimmed = Int64(cursor.id) else {
            throw .foreignCursor
        }
        self.init(seq: cursor.createdAt.milliseconds, trimmed: trimmed)
    }

    func encoded(for account: AccountID) -> String {
        PageCursor(createdAt: Timestamp(milliseconds: seq), id: "\(trimmed)").encoded(for: account, list: Self.list)
    }

    private static let list = "sync"
}
