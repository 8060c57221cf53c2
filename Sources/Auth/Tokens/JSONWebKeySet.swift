import Foundation
import StrictJSON

/// The public keys of an issuer as it publishes them (RFC 7517 §5).
///
/// Keys we have no use for are passed over, as the standard asks; of two with one name the first counts. A symmetric
/// key is never used: who reads the document could sign with it.
public struct JSONWebKeySet: Sendable {
    /// Bytes; a longer document is not looked at.
    public static let longest = 1 << 18
    static let mostKeys = 100
    private static let limits = JSONLimits(bytes: longest, depth: 16)

    public let keys: [VerificationKey]
    /// Why the others are not used, in their order.
    public let flaws: [JSONWebKeyFlaw]

    /// - Returns: nil unless `document` is a key set; it may be one without any key of use.
    public init?(_ document: [UInt8]) {
        guard case .array(let entries) = JSONObject(reading: document, within: Self.limits)?["keys"],
            entries.count <= Self.mostKeys
        else { return nil }
        var (keys, flaws): ([VerificationKey], [JSONWebKeyFlaw]) = ([], [])
        for entry in entries {
            guard case .object(let members) = entry else { return nil }
            do throws(JSONWebKeyFlaw) {
                keys.append(try Self.publicKey(members, besides: keys))
            } catch {
                flaws.append(error)
            }
        }
        (self.keys, self.flaws) = (keys, flaws)
    }

    private static func publicKey(
        _ members: JSONObject, besides keys: [VerificationKey]
    ) throws(JSONWebKeyFlaw) -> VerificationKey {
        guard members["kty"]?.string != "oct" else { throw .symmetric }
        let key = try JSONWebKey.verificationKey(members)
        guard !keys.contains(where: { $0.id.isSpelled(key.id) }) else { throw .duplicate }
        return key
    }

    static func document(of keys: [VerificationKey]) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let document = try? encoder.encode(["keys": keys.compactMap(JSONWebKey.publicMembers)])
        return document.map(Array.init) ?? Array(#"{"keys":[]}"#.utf8)
    }
}
