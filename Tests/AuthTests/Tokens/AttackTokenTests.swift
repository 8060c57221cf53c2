import Foundation
import Storage
import StorageTestKit
import StrictJSON
import Testing

@testable import Auth

/// `Tests/Vectors/jwt/attack-tokens.json`: 253 tokens, 6 of them good.
private struct AttackTokens: Decodable {
    struct Expected: Decodable {
        let iss: String
        let aud: String
    }

    struct Keys: Codable {
        /// All members of a JWK are texts here.
        let keys: [[String: String]]
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
    private let vectors: AttackTokens
    private let clock: ManualClock

    init() throws {
        vectors = try Vectors.own("jwt/attack-tokens.json")
        clock = ManualClock(Timestamp(milliseconds: vectors.now * 1000))
    }

    @Test(
        arguments: [
            // What the file asks for.
            (Duration.zero, []),
            // Its "nbf future" is exactly 60 s ahead, which our own leeway lets through.
            (TokenVerifier.largestLeeway, ["nbf future"]),
        ] as [(Duration, [String])])
    func `every bad token is refused and every good one accepted`(leeway: Duration, also: [String]) throws {
        #expect(vectors.tokens.count == 253)
        let rules = TokenRules(
            issuer: vectors.expected.iss, audience: vectors.expected.aud, types: .own, clock: clock, leeway: leeway)
        let keys = try keys()
        let accepted = vectors.tokens.filter { vector in
            let opened = try? CompactJWS.open(vector.token) { id in keys.first { $0.id.isSpelled(id) } }
            return opened.flatMap { try? rules.claims(of: $0) } != nil
        }
        let good = Set(vectors.tokens.filter(\.valid).map(\.name))
        #expect(Set(accepted.map(\.name)) == good.union(also))
        #expect(good.count == 6)
    }

    /// The set has secrets too, which are not used; other tokens ask for URLs of their own, which are not fetched.
    @Test func `a foreign issuer's tokens have the same verdicts, for one fetch`() async throws {
        let issuer = try ForeignIssuer(
            issuer: vectors.expected.iss, audience: vectors.expected.aud, keys: .url("https://issuer.example/keys"))
        let fetcher = ScriptedFetcher(Array(try JSONEncoder().encode(vectors.jwks)))
        let tokens = ForeignTokens([issuer], fetcher: fetcher, clock: clock, leeway: .zero)
        var accepted: Set<String> = []
        for vector in vectors.tokens {
            if (try? await tokens.verify(vector.token)) != nil { accepted.insert(vector.name) }
        }
        let hmac: Set = ["valid HS256", "aud array with ours", "exp fractional"]
        #expect(accepted == Set(vectors.tokens.filter(\.valid).map(\.name)).subtracting(hmac))
        #expect(fetcher.urls == ["https://issuer.example/keys"])
    }

    @Test func `keys too short for their algorithm are refused when they are loaded`() throws {
        let names = try keys().map(\.id)
        #expect(names == ["h1", "r1", "e1"])
        for name in ["small", "short"] {
            #expect(throws: JSONWebKeyFlaw.weak) { try JSONWebKey.verificationKey(members(name)) }
        }
    }

    /// All keys of the set that are strong enough.
    private func keys() throws -> [VerificationKey] {
        try vectors.jwks.keys.compactMap { $0["kid"] }.compactMap { name in
            let members = try members(name)
            return try? JSONWebKey.verificationKey(members)
        }
    }

    private func members(_ name: String) throws -> JSONObject {
        let key = try #require(vectors.jwks.keys.first { $0["kid"] == name })
        return try #require(JSONObject(reading: Array(try JSONEncoder().encode(key))))
    }
}
