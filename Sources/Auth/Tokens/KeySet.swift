/// The keys tokens are checked with, and the one of them that signs.
///
/// ``Keys`` gives the set of the moment while keys rotate. Without it: put a new key behind the old one everywhere, then
/// in front, and drop the old one when its last token has expired.
public struct KeySet: Sendable {
    /// The key new tokens are signed with.
    public let signing: SigningKey
    private let keys: [VerificationKey]

    /// - Parameter keys: the first signs, each is accepted.
    /// - Throws: ``SigningKeyError/noKeys``, ``SigningKeyError/duplicateID(_:)``.
    public init(_ keys: [SigningKey]) throws(SigningKeyError) {
        guard let first = keys.first else { throw .noKeys }
        var seen: Set<String> = []
        for key in keys where !seen.insert(key.id).inserted { throw .duplicateID(key.id) }
        (signing, self.keys) = (first, keys.map(\.verification))
    }

    /// - Parameter accepted: of different names; that of `signing` is among them.
    init(signing: SigningKey, accepted: [VerificationKey]) {
        (self.signing, keys) = (signing, accepted)
    }

    /// HS256 keys; the first signs.
    public init(hs256 secrets: [NamedSecret]) throws(SigningKeyError) {
        var keys: [SigningKey] = []
        for secret in secrets { keys.append(try .hs256(id: secret.id, secret: secret.secret)) }
        try self.init(keys)
    }

    /// The key of exactly this name; there is no default.
    func key(named id: String) -> VerificationKey? {
        keys.first { $0.id.isSpelled(id) }
    }

    /// The public halves, for everybody to check our tokens with: a JWKS document (RFC 7517 §5), to be served as
    /// `application/jwk-set+json`. Symmetric keys are never in it.
    public var published: [UInt8] {
        JSONWebKeySet.document(of: keys)
    }
}

extension String {
    /// Byte by byte: Swift's own `==` also joins what Unicode calls equivalent (a Kelvin sign and a K).
    func isSpelled(_ other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
