import Crypto
import CryptoExtras
import Foundation
import Storage
import StrictJSON

/// One key as JSON (RFC 7517; RSA, EC and oct: RFC 7518 §6; OKP: RFC 8037 §2).
enum JSONWebKey {
    /// Bytes of a name.
    static let longestID = 256

    /// The half that checks; private members are not looked at.
    ///
    /// A key without `alg` gets the one its type has: RS256, ES256 or EdDSA. A token cannot choose.
    static func verificationKey(_ members: JSONObject) throws(JSONWebKeyFlaw) -> VerificationKey {
        guard let id = members["kid"]?.string, (1...longestID).contains(id.utf8.count) else { throw .name }
        guard isForSignatures(members) else { throw .use }
        switch members["kty"]?.string {
        case "RSA": return try rsa(id, try algorithm(members, of: [.rs256, .ps256], otherwise: .rs256), members)
        case "EC": return try p256(id, try algorithm(members, of: [.es256], otherwise: .es256), members)
        case "OKP": return try ed25519(id, try algorithm(members, of: [.eddsa], otherwise: .eddsa), members)
        case "oct": return try hmac(id, try algorithm(members, of: [.hs256], otherwise: nil), members)
        default: throw .algorithm
        }
    }

    /// Nil for a symmetric key.
    static func publicMembers(of key: VerificationKey) -> [String: String]? {
        var members = ["kid": key.id, "alg": key.algorithm.rawValue, "use": "sig"]
        switch key.material {
        case .hmac: return nil
        case .rsa(let half):
            guard let numbers = try? half.getKeyPrimitives() else { return nil }
            members["kty"] = "RSA"
            members["n"] = Base64URL.encode(Array(numbers.modulus))
            members["e"] = Base64URL.encode(Array(numbers.publicExponent))
        case .p256(let half):
            let point = Array(half.rawRepresentation)
            (members["kty"], members["crv"]) = ("EC", "P-256")
            members["x"] = Base64URL.encode(Array(point.prefix(32)))
            members["y"] = Base64URL.encode(Array(point.suffix(32)))
        case .ed25519(let half):
            (members["kty"], members["crv"]) = ("OKP", "Ed25519")
            members["x"] = Base64URL.encode(Array(half.rawRepresentation))
        }
        return members
    }
}

extension JSONWebKey {
    private static func isForSignatures(_ members: JSONObject) -> Bool {
        if let use = members["use"], use.string != "sig" { return false }
        guard let operations = members["key_ops"] else { return true }
        guard case .array(let names) = operations else { return false }
        return names.contains { $0.string == "verify" }
    }

    private static func algorithm(
        _ members: JSONObject, of possible: [SignatureAlgorithm], otherwise usual: SignatureAlgorithm?
    ) throws(JSONWebKeyFlaw) -> SignatureAlgorithm {
        let named = members["alg"] == nil ? usual : members["alg"]?.string.flatMap(SignatureAlgorithm.init(rawValue:))
        guard let named, possible.contains(named) else { throw .algorithm }
        return named
    }

    private static func rsa(
        _ id: String, _ algorithm: SignatureAlgorithm, _ members: JSONObject
    ) throws(JSONWebKeyFlaw) -> VerificationKey {
        let (modulus, exponent) = (try bytes("n", of: members), try bytes("e", of: members))
        guard modulus.first != 0, exponent.first != 0 else { throw .form }
        guard RSAStrength.bits.contains(RSAStrength.bits(of: modulus)), RSAStrength.isExponent(exponent),
            !RSAStrength.isOfRSALib(modulus)
        else { throw .weak }
        guard let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent) else { throw .form }
        return VerificationKey(id: id, algorithm: algorithm, material: .rsa(key))
    }

    private static func p256(
        _ id: String, _ algorithm: SignatureAlgorithm, _ members: JSONObject
    ) throws(JSONWebKeyFlaw) -> VerificationKey {
        guard members["crv"]?.string == "P-256" else { throw .algorithm }
        let (x, y) = (try bytes("x", of: members), try bytes("y", of: members))
        guard x.count == 32, y.count == 32, let key = try? P256.Signing.PublicKey(rawRepresentation: x + y) else {
            throw .form
        }
        return VerificationKey(id: id, algorithm: algorithm, material: .p256(key))
    }

    private static func ed25519(
        _ id: String, _ algorithm: SignatureAlgorithm, _ members: JSONObject
    ) throws(JSONWebKeyFlaw) -> VerificationKey {
        guard members["crv"]?.string == "Ed25519" else { throw .algorithm }
        let x = try bytes("x", of: members)
        guard x.count == 32, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else { throw .form }
        return VerificationKey(id: id, algorithm: algorithm, material: .ed25519(key))
    }

    private static func hmac(
        _ id: String, _ algorithm: SignatureAlgorithm, _ members: JSONObject
    ) throws(JSONWebKeyFlaw) -> VerificationKey {
        let secret = try bytes("k", of: members)
        guard secret.count >= 32 else { throw .weak }
        return VerificationKey(id: id, algorithm: algorithm, material: .hmac(SymmetricKey(data: secret)))
    }

    private static func bytes(_ name: String, of members: JSONObject) throws(JSONWebKeyFlaw) -> [UInt8] {
        guard let text = members[name]?.string, let bytes = Base64URL.decode(text), !bytes.isEmpty else { throw .form }
        return bytes
    }
}

/// Why a key of a set is passed over.
public enum JSONWebKeyFlaw: Error, Equatable, Sendable {
    /// No `kid`, or one of more than 256 bytes: no token can name it.
    case name
    /// Made for something else than signatures.
    case use
    /// An algorithm, type or curve that is not ours, or two that do not fit each other.
    case algorithm
    /// Numbers missing, not in strict base64url, of another length, or no point of the curve.
    case form
    /// RSA below 2048 bits, of exponent 1, or guessable; HMAC below 32 bytes.
    case weak
    /// A secret in a document that others can read.
    case symmetric
    /// Another key of the set has the name.
    case duplicate
}
