import Foundation
import Storage
import Testing

@testable import Auth

@Suite(.enabled(if: ForeignVectors.areThere, ForeignVectors.reason))
struct WycheproofTests {
    /// Cases with a verdict of our own.
    /// 367, 370: byte for byte the canonical, rightly signed token of case 357, yet listed as invalid; a defect of the
    /// data (C2SP/wycheproof issue 236). 373: listed as valid for decoders that skip a `?`; ours does not. 346, 350:
    /// PS384 by a key whose `alg` says PS256; a key has one algorithm here.
    private let ours = [367: true, 370: true, 373: false, 346: false, 350: false]
    /// Keys of these are not ours, so nothing of theirs is accepted.
    private let others: Set = ["RS384", "RS512", "PS384", "PS512", "ES521"]

    @Test func `every token has the right verdict`() throws {
        var (checked, accepted) = (0, 0)
        for group in try ForeignVectors.groups("json_web_signature_test.part.json") {
            let json = try #require((group["public"] ?? group["private"]) as? [String: Any])
            let key = try ForeignVectors.key(json)
            let isOther = others.contains(json["alg"] as? String ?? "")
            #expect(!isOther || key == nil)
            for test in try WycheproofCase.cases(of: group) {
                let verdict = ForeignVectors.accepts(test.token, keys: key.map { [$0] } ?? [])
                let expected = !isOther && ours[test.id] ?? (test.result == "valid")
                #expect(verdict == expected, "\(test.id) \(test.comment)")
                (checked, accepted) = (checked + 1, accepted + (verdict ? 1 : 0))
            }
        }
        #expect(checked == 268 && accepted == 17)
    }

    /// 15: HS512, which is not ours.
    @Test func `every key set has the right verdict`() throws {
        let ours = [15: false]
        var checked = 0
        for group in try ForeignVectors.groups("json_web_key_test.part.json") {
            let json = try #require((group["public"] ?? group["private"]) as? [String: Any])
            let set = try #require(JSONWebKeySet(try ForeignVectors.text(json)))
            let all = try #require(json["keys"] as? [[String: Any]])
            // Secrets come to us one by one, never in a set with public keys.
            let areSecrets = all.allSatisfy { $0["kty"] as? String == "oct" }
            let keys = areSecrets ? try all.compactMap(ForeignVectors.key) : set.keys
            for test in try WycheproofCase.cases(of: group) {
                let expected = ours[test.id] ?? (test.result == "valid")
                #expect(ForeignVectors.accepts(test.token, keys: keys) == expected, "\(test.id) \(test.comment)")
                checked += 1
            }
        }
        #expect(checked == 13)
    }

    @Test func `every RS256 signature has the right verdict`() throws {
        try check("rsa_signature_2048_sha256_test.json", count: 259) { group in
            try ForeignVectors.key(group["keyJwk"])
        }
    }

    @Test func `every ES256 signature has the right verdict`() throws {
        try check("ecdsa_secp256r1_sha256_p1363_test.json", count: 262) { group in
            let point = WycheproofCase.bytes((group["publicKey"] as? [String: Any])?["uncompressed"])
            return try ForeignVectors.key([
                "kty": "EC", "crv": "P-256", "kid": "none", "x": Base64URL.encode(Array(point[1..<33])),
                "y": Base64URL.encode(Array(point[33...])),
            ])
        }
    }

    @Test func `every EdDSA signature has the right verdict`() throws {
        try check("ed25519_test.json", count: 151) { group in try ForeignVectors.key(group["publicKeyJwk"]) }
    }

    /// Keys below 256 bits are refused, and so is every shortened code.
    @Test func `every HS256 code has the right verdict`() throws {
        var checked = 0
        for group in try ForeignVectors.groups("hmac_sha256_test.json") {
            let isWhole = group["tagSize"] as? Int == 256
            for json in try #require(group["tests"] as? [[String: Any]]) {
                let (test, secret) = (try WycheproofCase(json), WycheproofCase.bytes(json["key"]))
                let key = try? SigningKey.hs256(id: "k", secret: Secret(secret)).verification
                #expect((key == nil) == (secret.count < 32))
                let verdict = key?.isSignature(test.signature, of: test.message) ?? false
                #expect(verdict == (isWhole && key != nil && test.result == "valid"), "\(test.id) \(test.comment)")
                checked += 1
            }
        }
        #expect(checked == 174)
    }

    /// What is only "acceptable" is refused.
    private func check(_ file: String, count: Int, key: ([String: Any]) throws -> VerificationKey?) throws {
        var checked = 0
        for group in try ForeignVectors.groups(file) {
            let key = try #require(try key(group))
            for test in try WycheproofCase.cases(of: group) {
                let verdict = key.isSignature(test.signature, of: test.message)
                #expect(verdict == (test.result == "valid"), "\(test.id) \(test.comment)")
                checked += 1
            }
        }
        #expect(checked == count)
    }
}
