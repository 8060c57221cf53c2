import Storage

/// A secret and the name it is found again by.
public struct NamedSecret: Sendable, Equatable {
    public let id: String
    public let secret: Secret

    public init(id: String, secret: Secret) {
        (self.id, self.secret) = (id, secret)
    }

    /// 32 random bytes under a random name.
    public static func random() -> NamedSecret {
        NamedSecret(id: Base64URL.encode(Secret.random(count: 9).bytes), secret: .random())
    }
}
