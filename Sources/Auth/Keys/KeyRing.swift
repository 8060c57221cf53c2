import Storage

/// The keys of one installation, by their use. A value: which key signs and which are accepted depends on the time alone.
public struct KeyRing: Sendable, Equatable {
    private var signing: KeySuccession
    private var link: KeySuccession
    private var refresh: KeySuccession
    private var webhook: KeySuccession

    /// Nil unless there are good keys of every use, and only those for signing are of another algorithm than HS256.
    init?(_ keys: (KeyUse) -> [RingKey]?) {
        func succession(_ use: KeyUse) -> KeySuccession? {
            guard let found = keys(use), use == .signing || found.allSatisfy({ $0.algorithm == .hs256 }) else {
                return nil
            }
            return KeySuccession(found)
        }
        guard let signing = succession(.signing), let link = succession(.link),
            let refresh = succession(.refresh), let webhook = succession(.webhook)
        else { return nil }
        (self.signing, self.link, self.refresh, self.webhook) = (signing, link, refresh, webhook)
    }

    /// Fresh keys that sign at once.
    ///
    /// - Parameter algorithm: of the access tokens. With any but HS256 others can check them by ``KeySet/published``.
    public static func random(
        at now: Timestamp, signing algorithm: SignatureAlgorithm = .es256
    ) throws(SigningKeyError) -> KeyRing {
        func fresh(_ algorithm: SignatureAlgorithm) throws(SigningKeyError) -> KeySuccession {
            KeySuccession(RingKey(try .random(algorithm), createdAt: now, signsFrom: now))
        }
        return KeyRing(
            signing: try fresh(algorithm), link: try fresh(.hs256), refresh: try fresh(.hs256),
            webhook: try fresh(.hs256))
    }

    private init(signing: KeySuccession, link: KeySuccession, refresh: KeySuccession, webhook: KeySuccession) {
        (self.signing, self.link, self.refresh, self.webhook) = (signing, link, refresh, webhook)
    }

    public internal(set) subscript(use: KeyUse) -> KeySuccession {
        get {
            switch use {
            case .signing: signing
            case .link: link
            case .refresh: refresh
            case .webhook: webhook
            }
        }
        set {
            switch use {
            case .signing: signing = newValue
            case .link: link = newValue
            case .refresh: refresh = newValue
            case .webhook: webhook = newValue
            }
        }
    }
}

extension KeyRing {
    /// What access tokens are signed and checked with; the next key is published before it signs.
    public func keySet(at now: Timestamp) -> KeySet {
        KeySet(signing: signing.signer(at: now).key, accepted: signing.accepted(at: now).map(\.verification))
    }

    /// The secrets of a use: the one to sign with first, then the others that are accepted.
    public func secrets(for use: KeyUse, at now: Timestamp) -> [NamedSecret] {
        let signer = self[use].signer(at: now)
        return [signer.named] + self[use].accepted(at: now).filter { $0.id != signer.id }.map(\.named)
    }
}
