import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

/// Tokens that somebody has changed. `WAXWING_ROUNDS=100` makes a million of them, 200,000 for each algorithm.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct TokenMutationTests {
    private let clock = ManualClock()

    @Test(arguments: SignatureAlgorithm.allCases, [1, 2] as [UInt64])
    func `of thousands of changed tokens none is accepted`(algorithm: SignatureAlgorithm, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let keys = try KeySet([.random(algorithm, id: "k1"), .random(.hs256, id: "k2")])
        let tokens = AccessTokens(keys: keys, clock: clock)
        let pair = (try tokens.issue(for: session()), try tokens.issue(for: session()))
        #expect(throws: Never.self) { try tokens.verify(pair.0) }
        var accepted: [String] = []
        for _ in 0..<(1000 * Rounds.count(2)) {
            let changed = TokenMutation.any(of: pair.0, with: pair.1, using: &random)
            if changed != pair.0, changed != pair.1, (try? tokens.verify(changed)) != nil { accepted.append(changed) }
        }
        #expect(accepted.isEmpty)
    }

    private func session() -> Session {
        let now = clock.now()
        return Session(id: .random(), user: .random(), createdAt: now, expiresAt: now + .seconds(3600), revokedAt: nil)
    }
}

/// Ways to change a token without its key.
private enum TokenMutation {
    static func any(of token: String, with other: String, using random: inout SplitMix64) -> String {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return swapped(token, other, using: &random)
        case 1: return changedInside(token, part: 0, using: &random)
        case 2: return changedInside(token, part: 1, using: &random)
        case 3: return changedInside(token, part: 2, using: &random)
        case 4: return withHeader(token, using: &random)
        default: return changed(token, using: &random)
        }
    }

    /// One byte replaced, put in or taken out; mostly by one of the token's own alphabet.
    private static func changed(_ token: String, using random: inout SplitMix64) -> String {
        String(decoding: changed(Array(token.utf8), using: &random), as: UTF8.self)
    }

    private static func changed(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        let place = Int.random(in: bytes.indices, using: &random)
        let byte = Bool.random(using: &random) ? bytes.randomElement(using: &random) : nil
        let fresh = byte ?? UInt8.random(in: 0...127, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(fresh, at: place)
        case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<7, using: &random)
        default: bytes[place] = fresh
        }
        return bytes
    }

    /// The bytes behind one part, encoded again.
    private static func changedInside(_ token: String, part: Int, using random: inout SplitMix64) -> String {
        var parts = token.split(separator: ".").map(String.init)
        parts[part] = Base64URL.encode(changed(Base64URL.decode(parts[part]) ?? [0], using: &random))
        return parts.joined(separator: ".")
    }

    /// Parts of one token with parts of another.
    private static func swapped(_ token: String, _ other: String, using random: inout SplitMix64) -> String {
        let pair = [token, other].map { $0.split(separator: ".") }
        return (0..<3).map { String(pair[Int.random(in: 0...1, using: &random)][$0]) }.joined(separator: ".")
    }

    private static func withHeader(_ token: String, using random: inout SplitMix64) -> String {
        let algorithm = ["none", "HS256", "RS256", "PS256", "ES256", "EdDSA", "HS384", "eddsa", ""]
            .randomElement(using: &random)
        let name = ["k1", "k2", "K1", "k3", ""].randomElement(using: &random)
        let more = [
            "", #","crit":["exp"]"#, #","b64":false"#, #","jku":"https://a""#, #","alg":"none""#, #","cty":"JWT""#,
        ].randomElement(using: &random)
        let header = #"{"alg":"\#(algorithm ?? "")","kid":"\#(name ?? "")","typ":"JWT"\#(more ?? "")}"#
        let parts = token.split(separator: ".").map(String.init)
        let signature = Bool.random(using: &random) ? parts[2] : ""
        return [Base64URL.encode(Array(header.utf8)), parts[1], signature].joined(separator: ".")
    }
}
