import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

/// `Tests/Vectors/jwt/attack-tokens.json`: 253 tokens, 6 of them good.
private struct AttackTokens: Decodable {
    struct Expected: Decodable {
        let iss: String
        let aud: String
    }

    struct Keys: Decodable {
        struct Key: Decodable {
            let kid: String
            let alg: String
            let k: String?
        }

        let keys: [Key]
    }

    struct Token: Decodable {
        let name: String
        let token: String
        let valid: Bool
    }

    let now: Int64
    let expected: Expected
    let jwks: Keys
    let tokens: [Token]
}

@Suite struct AttackTokenTests {
    /// Good tokens whose algorithms come later; until then their keys are unknown, so they are refused.
    private let later: Set = ["valid RS256", "valid ES256", "ES256 high-s twin (malleable, allowed by RFC 7518)"]

    @Test(
        arguments: [
            // What the file asks for.
            (Duration.zero, []),
            // Its "nbf future" is exactly 60 s ahead, which our own leeway lets through.
            (TokenVerifier.largestLeeway, ["nbf future"]),
        ] as [(Duration, [String])])
    func `every bad token is refused and every good HS256 one accepted`(leeway: Duration, also: [String]) throws {
        let vectors = try Vectors.own("jwt/attack-tokens.json", as: AttackTokens.self)
        #expect(vectors.tokens.count == 253)
        let verifier = TokenVerifier(
            keys: try keys(of: vectors), issuer: vectors.expected.iss, audience: vectors.expected.aud,
            clock: ManualClock(Timestamp(milliseconds: vectors.now * 1000)), leeway: leeway)
        var accepted: Set<String> = []
        for vector in vectors.tokens {
            if (try? verifier.verify(vector.token)) != nil { accepted.insert(vector.name) }
        }
        let good = Set(vectors.tokens.filter(\.valid).map(\.name))
        #expect(accepted == good.subtracting(later).union(also))
        #expect(later.isSubset(of: good) && good.count == 6)
    }

    @Test func `a key too short for its algorithm is refused when it is loaded`() throws {
        let short = try #require(
            try Vectors.own("jwt/attack-tokens.json", as: AttackTokens.self).jwks.keys.first { $0.kid == "short" })
        let secret = Secret(try #require(short.k.flatMap(Base64URL.decode)))
        #expect(throws: SigningKeyError.weakSecret(bytes: 6)) { try SigningKey.hs256(id: "short", secret: secret) }
    }

    /// All keys of the set that have an algorithm we know and are strong enough.
    private func keys(of vectors: AttackTokens) throws -> KeySet {
        try KeySet(
            vectors.jwks.keys.compactMap { key in
                key.k.flatMap(Base64URL.decode).flatMap { try? SigningKey.hs256(id: key.kid, secret: Secret($0)) }
            })
    }
}
