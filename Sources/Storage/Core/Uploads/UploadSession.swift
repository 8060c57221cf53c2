/// A file on its way from a client straight into the store.
///
/// Reserved in the transaction that holds quota for it; ends committed, or with what was held given back.
public struct UploadSession: Equatable, Sendable {
    public let id: UploadID
    public let owner: AccountID
    /// Where the client puts it; of this upload alone.
    public let key: ObjectKey
    /// Bytes, exactly.
    public let size: Int
    public let attributes: ObjectAttributes
    /// The caller's name for what it holds for this upload, to be ended with it.
    public let hold: String
    /// The caller's own, as JSON.
    public let detail: String
    /// Bytes of every part but the last; nil for one put.
    public let partSize: Int?
    public let createdAt: Timestamp
    /// When it ends unless it is confirmed before.
    public let expires: Timestamp
    public internal(set) var state: UploadState
    /// The store's name for an upload in parts.
    var multipart: String?

    /// How many parts it comes in; nil for one put.
    public var partCount: Int? {
        partSize.map { (size + $0 - 1) / $0 }
    }

    /// - Parameter number: 1…``partCount``.
    func bytes(ofPart number: Int) -> Int {
        guard let partSize else { return size }
        return min(partSize, size - (number - 1) * partSize)
    }

    var multipartUpload: MultipartUpload? {
        multipart.map { MultipartUpload(key: key, id: $0, begun: createdAt) }
    }
}

public typealias UploadID = Identifier<UploadSession>

/// What a client wants to send.
public struct UploadRequest: Sendable {
    public let id: UploadID
    public let owner: AccountID
    public let key: ObjectKey
    public let size: Int
    public let attributes: ObjectAttributes
    public let hold: String
    public let detail: String
    public let inParts: Bool
    public let life: Duration

    /// - Parameters:
    ///   - key: of this upload alone.
    ///   - size: bytes, at least 1.
    ///   - hold: the caller's name for what it holds for this upload.
    ///   - detail: the caller's own.
    ///   - inParts: whether it can go on after a failure instead of starting anew.
    ///   - life: until it is given up; what is held must last as long.
    public init(
        id: UploadID, owner: AccountID, key: ObjectKey, size: Int, attributes: ObjectAttributes, hold: String,
        detail: String = "", inParts: Bool, life: Duration
    ) {
        (self.id, self.owner, self.key, self.size, self.attributes) = (id, owner, key, size, attributes)
        (self.hold, self.detail, self.inParts, self.life) = (hold, detail, inParts, life)
    }
}

/// What the program around an upload decides.
public protocol UploadPolicy: Sendable {
    /// Whether these are the first bytes of something wanted. Asked again after a crash: the answer must not change.
    ///
    /// - Parameter head: up to ``UploadSessions/headLength`` bytes.
    func judge(_ head: [UInt8], of session: UploadSession) -> UploadVerdict

    /// The upload is committed, by this transaction: take the object over, and what was held for it. Runs once.
    func committed(_ session: UploadSession, in transaction: any WriteSession) throws

    /// The upload was rejected or expired, by this transaction: give back what was held for it. Runs once.
    func ended(_ session: UploadSession, in transaction: any WriteSession) throws
}

public enum UploadVerdict: Equatable, Sendable {
    /// - Parameter kind: what it is, in the words of the program around.
    case accepted(kind: String)
    case refused(reason: String)
}

/// Why a step of an upload was not made.
public enum UploadError: Error, Equatable, Sendable {
    case notFound
    /// No file can be sent like this.
    case unsuitable(String)
    /// Nothing, or not all of it, has arrived yet.
    ///
    /// - Parameter missing: numbers of parts; empty for one put.
    case incomplete(missing: [Int])
    case rejected(UploadFault)
    case expired
    case committed
}

extension UploadError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound: "there is no such upload: begin one"
        case .unsuitable(let reason): "no upload can be made of this: \(reason)"
        case .incomplete(let missing) where missing.isEmpty: "the file has not arrived: send it, then confirm again"
        case .incomplete(let missing):
            "\(missing.count) parts have not arrived, the first of them \(missing.first ?? 1): send them, then confirm again"
        case .rejected(let fault): "the upload was not taken (\(fault)): begin a new one"
        case .expired: "the upload took too long: begin a new one"
        case .committed: "the upload is complete: it cannot be cancelled any more"
        }
    }
}
