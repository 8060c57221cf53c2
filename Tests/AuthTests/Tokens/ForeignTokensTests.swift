import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct ForeignTokensTests {
    private let clock = ManualClock(Timestamp(milliseconds: 1_700_000_000_000))
    private let key: SigningKey
    private let fetcher: ScriptedFetcher
    private let tokens: ForeignTokens

    init() throws {
        key = try .random(.es256, id: "e1")
        fetcher = ScriptedFetcher([key.verification])
        tokens = ForeignTokens(
            [
                try ForeignIssuer(issuer: "builder", audience: "api", keys: .url("https://builder.example/keys")),
                try ForeignIssuer(issuer: "team", audience: "aud1", keys: .url("https://team.example/certs")),
            ], fetcher: fetcher, clock: clock)
    }

    private func token(
        issuer: String = "builder", audience: String = "api", expiry: Int = 1_700_000_600, type: String = "at+jwt",
        by signer: SigningKey? = nil
    ) throws -> String {
        let claims = #"{"iss":"\#(issuer)","aud":"\#(audience)","sub":"ci","exp":\#(expiry),"scope":["read","write"]}"#
        return try CompactJWS.sign(Array(claims.utf8), type: type, with: signer ?? key)
    }

    private func flaw(_ token: String) async throws -> TokenFlaw? {
        do {
            _ = try await tokens.verify(token)
            return nil
        } catch AuthError.tokenRefused(let flaw) {
            return flaw
        }
    }

    @Test func `a service signs in with its own token`() async throws {
        let claims = try await tokens.verify(try token())
        #expect(claims.issuer == "builder" && claims.subject == "ci")
        #expect(claims.texts("scope") == ["read", "write"])
        #expect(fetcher.urls == ["https://builder.example/keys"])
    }

    @Test func `issuer and audience are exact, and belong together`() async throws {
        #expect(try await flaw(token(issuer: "builder/")) == .issuer)
        #expect(try await flaw(token(issuer: "waxwing")) == .issuer)
        #expect(try await flaw(token(audience: "api2")) == .audience)
        #expect(try await flaw(token(issuer: "team", audience: "api")) == .audience)
        #expect(try await flaw(token(issuer: "team", audience: "aud1")) == nil)
        #expect(try await flaw(token(expiry: 1_700_000_000)) == .expired)
    }

    @Test func `each issuer's keys are for its own tokens`() async throws {
        let other = try SigningKey.random(.es256, id: "e2")
        #expect(try await flaw(token()) == nil)
        fetcher.answer([other.verification])
        #expect(try await flaw(token(issuer: "team", audience: "aud1", by: other)) == nil)
        #expect(try await flaw(token(issuer: "builder", by: other)) == .unknownKey)
        #expect(try await flaw(token(by: .random(.es256, id: "e1"))) == .signature)
    }

    @Test func `a token that no key could fit costs no fetch`() async throws {
        let secret = try SigningKey.random(.hs256, id: "e1")
        #expect(try await flaw(token(by: secret)) == .algorithm)
        #expect(try await flaw("a.b.c") == .malformed)
        #expect(try await flaw(token(issuer: "nobody")) == .issuer)
        #expect(fetcher.fetches == 0)
    }

    @Test(arguments: ["JWT", "jwt", "at+jwt", "application/at+jwt"])
    func `access tokens are accepted`(type: String) async throws {
        #expect(try await flaw(token(type: type)) == nil)
    }

    @Test(arguments: ["logout+jwt", "dpop+jwt", "secevent+jwt", ""])
    func `other kinds of tokens are not`(type: String) async throws {
        #expect(try await flaw(token(type: type)) == .type)
    }

    @Test func `until the keys were fetched once, nobody is refused for good`() async throws {
        fetcher.answer(nil)
        let token = try token()
        await #expect(throws: AuthError.unavailable(reason: "the keys of builder were not fetched yet")) {
            try await tokens.verify(token)
        }
    }

    @Test func `whom a token is addressed by is known without a fetch`() throws {
        #expect(tokens.isAddressed(by: try token()))
        #expect(!tokens.isAddressed(by: try token(issuer: "waxwing")))
        #expect(!tokens.isAddressed(by: "junk"))
    }

    @Test func `keys may be in a file, which may be replaced`() async throws {
        let folder = try TemporaryFolder()
        let file = URL(filePath: folder.path).appending(path: "keys.json")
        let issuer = try ForeignIssuer(
            issuer: "builder", audience: "api", keys: .file(file.path(percentEncoded: false)))
        let tokens = ForeignTokens([issuer], fetcher: ScriptedFetcher(nil), clock: clock)
        let (first, second) = (try token(), try token(by: .random(.eddsa, id: "next")))
        await #expect(throws: AuthError.self) { try await tokens.verify(first) }
        try Data(KeySet([key]).published).write(to: file)
        clock.advance(by: KeySource.cooldown)
        _ = try await tokens.verify(first)
        await #expect(throws: AuthError.tokenRefused(.unknownKey)) { try await tokens.verify(second) }
    }
}
