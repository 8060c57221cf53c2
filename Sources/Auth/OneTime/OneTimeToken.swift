import Storage

/// What makes a mailed link good, once: 256 random bits, of which the server keeps the hash.
public struct OneTimeToken: Sendable, Equatable {
    private let secret: Secret

    static func random() -> OneTimeToken { OneTimeToken(secret: .random()) }

    private init(secret: Secret) {
        self.secret = secret
    }

    /// Nil unless `text` is exactly as ``text`` wrote it.
    public init?(_ text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        self.init(secret: Secret(bytes))
    }

    /// The secret itself, 43 characters of base64url: for the link in the mail only.
    public var text: String { Base64URL.encode(secret.bytes) }

    var hash: SecretHash { SecretHash(of: secret) }
}

extension OneTimeToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "one-time token ***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
