import Crypto
import Foundation
import Storage
import StrictJSON

/// Rings as text: JSON of version 2, secrets in base64url. Texts of version 1 are read, too.
extension KeyRing {
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let keys = Dictionary(
            uniqueKeysWithValues: KeyUse.allCases.map { ($0.rawValue, self[$0].all.map(Stored.Key.init)) })
        return Array(try encoder.encode(Stored(version: 2, keys: keys)))
    }

    /// Nil unless `text` is exactly such a text: a member too many may be a key somebody counts on.
    init?(encoded text: [UInt8]) {
        guard let object = JSONObject(reading: text), let version = object["version"]?.integer else { return nil }
        switch version {
        case 1: self.init(version1: object)
        case 2: self.init(version2: object)
        default: return nil
        }
    }

    private init?(version2 object: JSONObject) {
        guard object.has(["version", "keys"]), case .object(let uses) = object["keys"],
            uses.has(KeyUse.allCases.map(\.rawValue))
        else { return nil }
        self.init { use in uses[use.rawValue]?.objects.flatMap { all($0, RingKey.init(stored:)) } }
    }

    /// HS256 secrets for signing and links in lists, of which the first one signs. Refresh tokens were derived from the
    /// signing secrets, so these go on; webhooks get a key that every server derives alike.
    private init?(version1 object: JSONObject) {
        guard object.has(["version", "signing", "link"]),
            let signing = object["signing"]?.objects.flatMap({ all($0, SigningKey.init(version1:)) }),
            let link = object["link"]?.objects.flatMap({ all($0, SigningKey.init(version1:)) }),
            let webhooks = signing.first.flatMap(Self.webhookKey)
        else { return nil }
        self.init { use in
            switch use {
            case .signing, .refresh: Self.succession(signing)
            case .link: Self.succession(link)
            case .webhook: Self.succession([webhooks])
            }
        }
    }

    /// Made long ago; nobody said until when the others are accepted.
    private static func succession(_ keys: [SigningKey]) -> [RingKey] {
        keys.enumerated().map { place, key in
            RingKey(
                key, createdAt: Timestamp(milliseconds: 0),
                signsFrom: Timestamp(milliseconds: Int64(keys.count - place)),
                acceptedUntil: place == 0 ? nil : Timestamp("9999-12-31T00:00:00Z"))
        }
    }

    private static func webhookKey(of signing: SigningKey) -> SigningKey? {
        try? .hs256(id: signing.id, secret: signing.secret.derived("waxwing webhooks"))
    }
}

private struct Stored: Encodable {
    let version: Int
    let keys: [String: [Key]]

    struct Key: Encodable {
        let id, algorithm, secret, createdAt, signsFrom: String
        let acceptedUntil: String?

        init(_ key: RingKey) {
            (id, algorithm, secret) = (key.id, key.algorithm.rawValue, Base64URL.encode(key.key.secret.bytes))
            (createdAt, signsFrom) = (key.createdAt.description, key.signsFrom.description)
            acceptedUntil = key.acceptedUntil?.description
        }

        enum CodingKeys: String, CodingKey, CaseIterable {
            case id, algorithm, secret
            case createdAt = "created_at"
            case signsFrom = "signs_from"
            case acceptedUntil = "accepted_until"
        }
    }
}

extension RingKey {
    fileprivate init?(stored object: JSONObject) {
        let names = Stored.Key.CodingKeys.allCases.map(\.rawValue)
        func text(_ name: Stored.Key.CodingKeys) -> String? { object[name.rawValue]?.string }
        guard object.has(object["accepted_until"] == nil ? names.dropLast() : names),
            let id = text(.id), let algorithm = text(.algorithm).flatMap(SignatureAlgorithm.init(rawValue:)),
            let secret = text(.secret).flatMap(Base64URL.decode),
            let key = try? SigningKey(id: id, algorithm: algorithm, secret: Secret(secret)),
            let createdAt = text(.createdAt).flatMap(Timestamp.init(_:)),
            let signsFrom = text(.signsFrom).flatMap(Timestamp.init(_:)), createdAt <= signsFrom
        else { return nil }
        let acceptedUntil = text(.acceptedUntil).flatMap(Timestamp.init(_:))
        guard acceptedUntil != nil || object["accepted_until"] == nil else { return nil }
        self.init(key, createdAt: createdAt, signsFrom: signsFrom, acceptedUntil: acceptedUntil)
    }
}

extension SigningKey {
    fileprivate init?(version1 object: JSONObject) {
        guard object.has(["id", "secret"]), let id = object["id"]?.string,
            let secret = object["secret"]?.string.flatMap(Base64URL.decode),
            let key = try? SigningKey.hs256(id: id, secret: Secret(secret))
        else { return nil }
        self = key
    }
}

extension JSONObject {
    fileprivate func has(_ expected: some Collection<String>) -> Bool {
        names.count == expected.count && expected.allSatisfy { self[$0] != nil }
    }
}

extension JSONValue {
    /// Of an array of nothing but objects.
    fileprivate var objects: [JSONObject]? {
        guard case .array(let values) = self else { return nil }
        return all(values) { if case .object(let object) = $0 { object } else { nil } }
    }
}

/// Nil if one of them is nothing.
private func all<Element, Result>(_ elements: [Element], _ read: (Element) -> Result?) -> [Result]? {
    let results = elements.compactMap(read)
    return results.count == elements.count ? results : nil
}
