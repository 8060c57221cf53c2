import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct AccessTokensTests {
    private let clock = ManualClock()
    private let old = NamedSecret.random()
    private let new = NamedSecret.random()

    private func tokens(_ secrets: [NamedSecret], issuer: String = "waxwing") throws -> AccessTokens {
        AccessTokens(keys: try KeySet(hs256: secrets), issuer: issuer, clock: clock)
    }

    private func session() -> Session {
        let now = clock.now()
        return Session(id: .random(), user: .random(), createdAt: now, expiresAt: now + .seconds(3600), revokedAt: nil)
    }

    @Test func `a token names its user and its session`() throws {
        let session = session()
        let tokens = try tokens([old])
        let named = try tokens.verify(tokens.issue(for: session))
        #expect(named.user == session.user && named.session == session.id)
    }

    @Test func `while keys rotate, tokens of both are good; once the old key is gone, its tokens are not`() throws {
        let before = try tokens([old]).issue(for: session())
        let after = try tokens([new, old]).issue(for: session())
        _ = try tokens([new, old]).verify(before)
        _ = try tokens([old, new]).verify(after)
        _ = try tokens([new]).verify(after)
        #expect(throws: TokenFlaw.unknownKey) { try tokens([new]).verify(before) }
    }

    @Test func `another secret under the same name does not fit`() throws {
        let token = try tokens([old]).issue(for: session())
        let forged = NamedSecret(id: old.id, secret: .random())
        #expect(throws: TokenFlaw.signature) { try tokens([forged]).verify(token) }
    }

    @Test func `a token of another issuer is refused`() throws {
        let token = try tokens([old], issuer: "waxwing.example").issue(for: session())
        #expect(throws: TokenFlaw.issuer) { try tokens([old]).verify(token) }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `of 5,000 tokens changed in one byte none is accepted`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let tokens = try tokens([old])
        let token = try tokens.issue(for: session())
        var accepted: [String] = []
        for _ in 0..<5000 {
            let changed = mutated(token, using: &random)
            if changed != token, (try? tokens.verify(changed)) != nil { accepted.append(changed) }
        }
        #expect(accepted.isEmpty)
    }

    /// One byte replaced, put in or taken out; mostly by one of the token's own alphabet.
    private func mutated(_ token: String, using random: inout SplitMix64) -> String {
        var bytes = Array(token.utf8)
        let place = Int.random(in: bytes.indices, using: &random)
        let byte = Bool.random(using: &random) ? bytes.randomElement(using: &random) : nil
        let fresh = byte ?? UInt8.random(in: 0...127, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(fresh, at: place)
        case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<7, using: &random)
        default: bytes[place] = fresh
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
