import Storage
import StrictJSON

/// Signed bytes in three parts: `header.payload.signature` (RFC 7515 §7.1).
///
/// The token only names a key. The key decides how it is checked; nothing in the token can change that.
struct CompactJWS {
    /// Bytes; a longer token is not looked at.
    static let longest = 8192
    /// Of header and claims.
    static let limits = JSONLimits(bytes: longest, depth: 16)

    let header: JSONObject
    /// Whoever wrote it, until ``check(with:known:)`` has returned.
    let payload: [UInt8]
    private let signature: [UInt8]
    private let signed: [UInt8]

    /// Takes a token apart. Nothing in it is true yet.
    init(_ token: String) throws(TokenFlaw) {
        let bytes = token.utf8
        guard bytes.count <= Self.longest, bytes.allSatisfy(Self.isAllowed) else { throw .malformed }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Substring.init)
        guard parts.count == 3, let headerBytes = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2]),
            let header = JSONObject(reading: headerBytes, within: Self.limits)
        else { throw .malformed }
        guard Self.refusedMembers.allSatisfy({ header[$0] == nil }) else { throw .header }
        (self.header, self.payload, self.signature) = (header, payload, signature)
        signed = Array(bytes[..<parts[1].endIndex])
    }

    /// The name of the key it says it was signed with.
    var keyID: String? { header["kid"]?.string }

    /// The algorithm it says it was signed with, if it is one of ours.
    var algorithm: SignatureAlgorithm? {
        header["alg"]?.string.flatMap { name in SignatureAlgorithm.allCases.first { $0.rawValue.isSpelled(name) } }
    }

    /// - Parameters:
    ///   - key: the one that ``keyID`` names.
    ///   - known: signatures that need not be checked again.
    func check(with key: VerificationKey, known: KnownSignatures? = nil) throws(TokenFlaw) {
        guard algorithm == key.algorithm else { throw .algorithm }
        let isGood =
            if let known { key.isSignature(signature, of: signed, known: known) } else {
                key.isSignature(signature, of: signed)
            }
        guard isGood else { throw .signature }
    }

    static func open(
        _ token: String, with keys: KeySet, known: KnownSignatures? = nil
    ) throws(TokenFlaw) -> CompactJWS {
        try open(token, known: known, find: keys.key(named:))
    }

    static func open(
        _ token: String, known: KnownSignatures? = nil, find: (_ name: String) -> VerificationKey?
    ) throws(TokenFlaw) -> CompactJWS {
        let opened = try CompactJWS(token)
        guard let key = opened.keyID.flatMap(find) else { throw .unknownKey }
        try opened.check(with: key, known: known)
        return opened
    }

    /// - Throws: ``SigningKeyError/notSigned(_:)``.
    static func sign(_ payload: [UInt8], type: String, with key: SigningKey) throws(SigningKeyError) -> String {
        // A key's name has no character that JSON escapes.
        let header = #"{"alg":"\#(key.algorithm.rawValue)","kid":"\#(key.id)","typ":"\#(type)"}"#
        let signed = "\(Base64URL.encode(Array(header.utf8))).\(Base64URL.encode(payload))"
        return "\(signed).\(Base64URL.encode(try key.signature(of: Array(signed.utf8))))"
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
