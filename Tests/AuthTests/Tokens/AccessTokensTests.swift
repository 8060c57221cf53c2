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
}
