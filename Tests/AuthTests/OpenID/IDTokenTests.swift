import Crypto
import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct IDTokenTests {
    private static func seconds(_ offset: Int) -> Int { 1_767_225_600 + offset }

    private func flaw(_ claims: [String: any Sendable]) async throws -> OpenIDFlaw? {
        let bench = try await OpenIDBench()
        bench.provider.script { $0.claims = claims }
        return try await bench.flaw()
    }

    @Test func `the issuer is exact`() async throws {
        for issuer: any Sendable in ["https://id.example/", "http://id.example", "https://evil.example", NSNull(), 1] {
            #expect(try await flaw(["iss": issuer]) == .token(.issuer))
        }
    }

    @Test func `the token is for us, and for several only when we asked for it`() async throws {
        for audience: any Sendable in ["waxwing-2", "waxwing-1 ", ["waxwing-2"], [String](), NSNull(), [1]] {
            #expect(try await flaw(["aud": audience]) == .token(.audience))
        }
        #expect(try await flaw(["aud": ["waxwing-1"]]) == nil)
        #expect(try await flaw(["aud": ["waxwing-1", "waxwing-2"]]) == .party)
        #expect(try await flaw(["aud": ["waxwing-1", "waxwing-2"], "azp": "waxwing-2"]) == .party)
        #expect(try await flaw(["aud": ["waxwing-1", "waxwing-2"], "azp": "waxwing-1"]) == nil)
        #expect(try await flaw(["azp": "waxwing-2"]) == .party)
        #expect(try await flaw(["azp": ["waxwing-1"]]) == .party)
    }

    @Test func `the token is of now`() async throws {
        #expect(try await flaw(["exp": Self.seconds(0)]) == .token(.expired))
        #expect(try await flaw(["exp": Self.seconds(1)]) == nil)
        #expect(try await flaw(["exp": NSNull()]) == .token(.claims))
        #expect(try await flaw(["iat": Self.seconds(61)]) == .token(.notYetValid))
        #expect(try await flaw(["iat": Self.seconds(60)]) == nil)
        #expect(try await flaw(["iat": NSNull()]) == .token(.claims))
        #expect(try await flaw(["iat": "1767225600"]) == .token(.claims))
        #expect(try await flaw(["nbf": Self.seconds(61)]) == .token(.notYetValid))
    }

    @Test func `the token names somebody`() async throws {
        #expect(try await flaw(["sub": ""]) == .token(.subject))
        #expect(try await flaw(["sub": NSNull()]) == .token(.subject))
        #expect(try await flaw(["sub": 7]) == .token(.subject))
        #expect(try await flaw(["sub": String(repeating: "s", count: 256)]) == .token(.claims))
    }

    /// The attacks of RFC 8725 §2.1: no signature, and the public key taken for a secret.
    @Test func `a token signed in no way or by everybody is refused`() async throws {
        let bench = try await OpenIDBench()
        let published = bench.provider.key.verification
        let signers: [(OpenIDFlaw, @Sendable ([UInt8]) throws -> String)] = [
            (.token(.algorithm), { "\(Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))).\(Base64URL.encode($0))." }),
            (
                .token(.algorithm),
                { payload in
                    let secret = Secret(JSONWebKeySet.document(of: [published]))
                    return try CompactJWS.sign(payload, type: "JWT", with: .hs256(id: "r1", secret: secret))
                }
            ),
            (.token(.signature), { try CompactJWS.sign($0, type: "JWT", with: .random(.rs256, id: "r1")) }),
            (.token(.algorithm), { try CompactJWS.sign($0, type: "JWT", with: .random(.es256, id: "r1")) }),
            (.token(.unknownKey), { try CompactJWS.sign($0, type: "JWT", with: .random(.es256, id: "r2")) }),
        ]
        for (expected, sign) in signers {
            bench.provider.script { $0.sign = sign }
            #expect(try await bench.flaw() == expected)
        }
    }

    @Test func `another kind of token is none`() async throws {
        let bench = try await OpenIDBench()
        let key = bench.provider.key
        for type in ["at+jwt", "logout+jwt", "dpop+jwt"] {
            bench.provider.script { $0.sign = { try CompactJWS.sign($0, type: type, with: key) } }
            #expect(try await bench.flaw() == .token(.type))
        }
    }

    @Test func `a token that names no key is checked with the only one`() async throws {
        let bench = try await OpenIDBench()
        let key = bench.provider.key
        bench.provider.script {
            $0.sign = { payload in
                let signed = "\(Base64URL.encode(Array(#"{"alg":"RS256"}"#.utf8))).\(Base64URL.encode(payload))"
                return "\(signed).\(Base64URL.encode(try key.signature(of: Array(signed.utf8))))"
            }
        }
        #expect(try await bench.flaw() == nil)
        let stranger = try SigningKey.random(.rs256, id: "r1")
        bench.provider.script {
            $0.sign = { payload in
                let signed = "\(Base64URL.encode(Array(#"{"alg":"RS256"}"#.utf8))).\(Base64URL.encode(payload))"
                return "\(signed).\(Base64URL.encode(try stranger.signature(of: Array(signed.utf8))))"
            }
        }
        #expect(try await bench.flaw() == .token(.signature))
    }

    @Test func `a verified address is one the provider says so of, in either spelling`() async throws {
        let bench = try await OpenIDBench()
        let spellings: [(any Sendable, Bool)] = [
            (true, true), ("true", true), (false, false), ("false", false), (NSNull(), false), (1, false),
        ]
        for (claim, isVerified) in spellings {
            bench.provider.script { $0.claims["email_verified"] = claim }
            #expect(try await bench.arrive().identity.isEmailVerified == isVerified, "\(claim)")
        }
    }

    @Test func `forged storms of key names cost the provider one fetch a minute`() async throws {
        let bench = try await OpenIDBench()
        bench.provider.script { $0.sign = { try CompactJWS.sign($0, type: "JWT", with: .random(.es256, id: "x")) } }
        for _ in 0..<10 { #expect(try await bench.flaw() == .token(.unknownKey)) }
        #expect(bench.provider.keyFetches == 1)
    }
}
