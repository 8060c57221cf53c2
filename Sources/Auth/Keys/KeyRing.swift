import Foundation
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

/// The secrets of one installation. In each list the first one signs; the others are still accepted.
public struct KeyRing: Sendable, Equatable {
    /// For access tokens.
    public let signing: [NamedSecret]
    /// For expiring links.
    public let link: [NamedSecret]

    public init(signing: [NamedSecret], link: [NamedSecret]) {
        (self.signing, self.link) = (signing, link)
    }

    public static func random() -> KeyRing {
        KeyRing(signing: [.random()], link: [.random()])
    }
}

extension KeyRing {
    /// The text of a key file: JSON, secrets in base64url.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return Array(try encoder.encode(Stored(version: 1, signing: signing.map(\.stored), link: link.map(\.stored))))
    }

    /// Nil unless `text` is a key file with at least one good key of each kind.
    init?(encoded text: [UInt8]) {
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(text)), stored.version == 1 else {
            return nil
        }
        let (signing, link) = (stored.signing.compactMap(NamedSecret.init), stored.link.compactMap(NamedSecret.init))
        guard !signing.isEmpty, signing.count == stored.signing.count, !link.isEmpty, link.count == stored.link.count
        else { return nil }
        self.init(signing: signing, link: link)
    }

    fileprivate struct Stored: Codable {
        let version: Int
        let signing: [StoredSecret]
        let link: [StoredSecret]
    }

    fileprivate struct StoredSecret: Codable {
        let id: String
        let secret: String
    }
}

extension NamedSecret {
    fileprivate var stored: KeyRing.StoredSecret {
        KeyRing.StoredSecret(id: id, secret: Base64URL.encode(secret.bytes))
    }

    fileprivate init?(_ stored: KeyRing.StoredSecret) {
        guard !stored.id.isEmpty, let bytes = Base64URL.decode(stored.secret), bytes.count >= 32 else { return nil }
        self.init(id: stored.id, secret: Secret(bytes))
    }
}
