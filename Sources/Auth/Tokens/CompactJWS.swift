import Storage

/// Signed bytes in three parts: `header.payload.signature` (RFC 7515 §7.1).
///
/// The token only names a key of ours. The key decides how it is checked; nothing in the token can change that.
enum CompactJWS {
    /// Bytes; a longer token is not looked at.
    static let longest = 8192

    struct Opened {
        let header: JSONObject
        let payload: [UInt8]
    }

    static func sign(_ payload: [UInt8], type: String, with key: SigningKey) -> String {
        // A key's name has no character that JSON escapes.
        let header = #"{"alg":"\#(key.algorithm.rawValue)","kid":"\#(key.id)","typ":"\#(type)"}"#
        let signed = "\(Base64URL.encode(Array(header.utf8))).\(Base64URL.encode(payload))"
        return "\(signed).\(Base64URL.encode(key.signature(of: Array(signed.utf8))))"
    }

    static func open(_ token: String, with keys: KeySet) throws(TokenFlaw) -> Opened {
        let bytes = token.utf8
        guard bytes.count <= longest, bytes.allSatisfy(isAllowed) else { throw .malformed }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let headerBytes = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2]),
            let header = StrictJSON.object(headerBytes)
        else { throw .malformed }
        let key = try key(for: header, in: keys)
        guard key.isSignature(signature, of: Array("\(parts[0]).\(parts[1])".utf8)) else { throw .signature }
        return Opened(header: header, payload: payload)
    }

    private static func key(for header: JSONObject, in keys: KeySet) throws(TokenFlaw) -> SigningKey {
        guard refusedMembers.allSatisfy({ header[$0] == nil }) else { throw .header }
        guard let id = header["kid"]?.string, let key = keys.key(named: id) else { throw .unknownKey }
        guard let algorithm = header["alg"]?.string, algorithm.isSpelled(key.algorithm.rawValue) else {
            throw .algorithm
        }
        return key
    }

    /// Extensions we would have to understand, and keys a token brings along.
    private static let refusedMembers = ["crit", "b64", "zip", "jwk", "jku", "x5c", "x5u"]

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
