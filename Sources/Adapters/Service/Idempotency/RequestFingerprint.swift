import Crypto
import Storage

/// By what a request is told from another one that came with the same key.
public struct RequestFingerprint: Sendable, Equatable {
    /// Of all but the body.
    let head: String
    /// Nil for a body that comes in while the request runs: see ``IdempotencyKeys/note(_:for:)``.
    let body: BodyFingerprint?

    /// - Parameter parts: method, path, query and whatever else makes a request what it is, in a fixed order.
    public init(_ parts: [String], body: BodyFingerprint?) {
        head = Base64URL.encode(SHA256.digest(of: parts))
        self.body = body
    }
}

/// By what a body is told from another one.
public struct BodyFingerprint: Sendable, Equatable {
    /// Bytes. Of a longer body it is known before its end that it is another one.
    public let length: Int
    private let digest: String

    /// - Parameter digest: SHA-256 of the body, or of what is the same in each sending of it.
    public init(length: Int, digest: [UInt8]) {
        (self.length, self.digest) = (length, Base64URL.encode(digest))
    }
}

extension BodyFingerprint: SQLConvertible {
    public var sqlValue: SQLValue { .text("\(length) \(digest)") }

    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        let words = text.split(separator: " ")
        guard words.count == 2, let length = Int(words[0]) else { return nil }
        (self.length, digest) = (length, String(words[1]))
    }
}
