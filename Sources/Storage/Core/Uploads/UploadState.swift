/// Where an upload stands. `applying` is the only way from one state to the next.
public enum UploadState: Equatable, Sendable {
    /// Quota is held; the store knows nothing yet.
    case reserved
    /// The client may send.
    case uploading
    /// The object is there, with the agreed size and type.
    case uploaded(etag: String)
    /// Its first bytes are what they should be.
    case verified(etag: String, kind: String)
    /// The program around has taken it over.
    case committed(etag: String, kind: String)
    case rejected(UploadFault)
    case expired
}

public enum UploadEvent: Equatable, Sendable {
    case opened
    case arrived(etag: String)
    case judged(kind: String)
    case kept
    case refused(UploadFault)
    case ranOut
}

/// Why an upload was not taken.
public enum UploadFault: Codable, Equatable, Sendable {
    /// The reason is the one of ``UploadPolicy/judge(_:of:)``.
    case unacceptable(String)
    case wrongSize(expected: Int, found: Int)
    case wrongType(expected: String, found: String)
    /// What had arrived is no longer there, or is something else.
    case lost
    case cancelled
}

extension UploadState {
    /// Nothing changes any more.
    public var isFinal: Bool {
        switch self {
        case .committed, .rejected, .expired: true
        case .reserved, .uploading, .uploaded, .verified: false
        }
    }

    /// In one word, as rows keep it.
    public var name: String {
        switch self {
        case .reserved: "reserved"
        case .uploading: "uploading"
        case .uploaded: "uploaded"
        case .verified: "verified"
        case .committed: "committed"
        case .rejected: "rejected"
        case .expired: "expired"
        }
    }

    public func applying(_ event: UploadEvent) throws(InvalidUploadTransition) -> UploadState {
        switch (self, event) {
        case (.reserved, .opened): .uploading
        case (.uploading, .arrived(let etag)): .uploaded(etag: etag)
        case (.uploaded(let etag), .judged(let kind)): .verified(etag: etag, kind: kind)
        case (.verified(let etag, let kind), .kept): .committed(etag: etag, kind: kind)
        case (_, .refused(let fault)) where !isFinal: .rejected(fault)
        case (_, .ranOut) where !isFinal: .expired
        default: throw InvalidUploadTransition(state: self, event: event)
        }
    }
}

public struct InvalidUploadTransition: Error, Equatable, Sendable {
    public let state: UploadState
    public let event: UploadEvent
}

extension UploadFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unacceptable(let reason): reason
        case .wrongSize(let expected, let found): "\(found) bytes arrived where \(expected) were agreed"
        case .wrongType(let expected, let found): "'\(found)' arrived where '\(expected)' was agreed"
        case .lost: "what had arrived is no longer there"
        case .cancelled: "it was cancelled"
        }
    }
}
