import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct TokenVerifierTests {
    private let clock = ManualClock(Timestamp(milliseconds: 1_700_000_000_000))
    private let key: SigningKey
    private let verifier: TokenVerifier

    init() throws {
        key = try .hs256(id: "k1", secret: .random())
        verifier = TokenVerifier(keys: try KeySet([key]), issuer: "us", audience: "api", clock: clock)
    }

    private func token(_ times: String, audience: String = #""api""#, type: String = "JWT") throws -> String {
        let claims = #"{"iss":"us","aud":\#(audience),"sub":"ada",\#(times)}"#
        return try CompactJWS.sign(Array(claims.utf8), type: type, with: key)
    }

    @Test func `another clock may be up to 60 s ahead, and not a second more`() throws {
        for name in ["nbf", "iat"] {
            _ = try verifier.verify(token(#""exp":1700009999,"\#(name)":1700000060"#))
            #expect(throws: TokenFlaw.notYetValid) {
                try verifier.verify(token(#""exp":1700009999,"\#(name)":1700000061"#))
            }
        }
    }

    @Test func `expiry has no leeway and must be there`() throws {
        #expect(try verifier.verify(token(#""exp":1700000000.5"#)).expiresAt.milliseconds == 1_700_000_000_500)
        #expect(throws: TokenFlaw.expired) { try verifier.verify(token(#""exp":1700000000"#)) }
        #expect(throws: TokenFlaw.claims) { try verifier.verify(token(#""nbf":1"#)) }
        for time in ["1e300", "-1", "\"1800000000\"", "null", "true"] {
            #expect(throws: TokenFlaw.claims) { try verifier.verify(token(#""exp":\#(time)"#)) }
        }
        #expect(throws: TokenFlaw.malformed) { try verifier.verify(token(#""exp":1e400"#)) }
    }

    @Test func `names are compared byte by byte`() throws {
        let lookalike = TokenVerifier(keys: try KeySet([key]), issuer: "us", audience: "K", clock: clock)
        #expect(throws: TokenFlaw.audience) {
            try lookalike.verify(token(#""exp":1700009999"#, audience: "\"\u{212A}\""))
        }
        _ = try lookalike.verify(token(#""exp":1700009999"#, audience: #"["x","K"]"#))
    }

    @Test func `another kind of token is refused`() throws {
        for type in ["at+jwt", "jwt", "JWE", ""] {
            #expect(throws: TokenFlaw.type) { try verifier.verify(token(#""exp":1700009999"#, type: type)) }
        }
    }

    @Test func `keys need names that are theirs alone, and there must be one`() throws {
        #expect(throws: SigningKeyError.noKeys) { try KeySet([]) }
        #expect(throws: SigningKeyError.duplicateID("k1")) { try KeySet([key, key]) }
        for id in ["", "a b", "a\"b", "é", String(repeating: "a", count: 65)] {
            #expect(throws: SigningKeyError.invalidID) { try SigningKey.hs256(id: id, secret: .random()) }
        }
        #expect(throws: SigningKeyError.weakSecret(bytes: 31)) {
            try SigningKey.hs256(id: "a", secret: .random(count: 31))
        }
    }
}
