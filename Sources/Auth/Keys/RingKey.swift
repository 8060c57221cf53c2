import Storage

/// A key of the installation and its times.
public struct RingKey: Sendable {
    /// What it signs with; of all uses but ``KeyUse/signing`` HS256: HMAC with SHA-256.
    public let key: SigningKey
    /// Its other half, worked out once.
    let verification: VerificationKey
    public let createdAt: Timestamp
    /// From then on it signs, unless a newer one does. It is accepted before, too.
    public let signsFrom: Timestamp
    /// Nil while no newer key has taken its place.
    public internal(set) var acceptedUntil: Timestamp?

    public init(_ key: SigningKey, createdAt: Timestamp, signsFrom: Timestamp, acceptedUntil: Timestamp? = nil) {
        (self.key, verification) = (key, key.verification)
        (self.createdAt, self.signsFrom, self.acceptedUntil) = (createdAt, signsFrom, acceptedUntil)
    }

    public var id: String { key.id }
    public var algorithm: SignatureAlgorithm { key.algorithm }

    public func isAccepted(at now: Timestamp) -> Bool {
        acceptedUntil.map { now < $0 } ?? true
    }

    var named: NamedSecret { NamedSecret(id: id, secret: key.secret) }
}

extension RingKey: Equatable {
    public static func == (a: RingKey, b: RingKey) -> Bool {
        a.id == b.id && a.algorithm == b.algorithm && a.key.secret == b.key.secret && a.createdAt == b.createdAt
            && a.signsFrom == b.signsFrom && a.acceptedUntil == b.acceptedUntil
    }
}

extension SigningKey {
    /// A fresh key under a random name.
    static func random(_ algorithm: SignatureAlgorithm) throws(SigningKeyError) -> SigningKey {
        try random(algorithm, id: Base64URL.encode(Secret.random(count: 9).bytes))
    }
}
