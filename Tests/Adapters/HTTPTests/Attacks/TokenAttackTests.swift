import Auth
import Foundation
import HTTPTypes
import Storage
import StorageTestKit
import Synchronization
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// What is tried with tokens, on a route that is for who is signed in.
@Suite struct TokenAttackTests {
    /// `Tests/Vectors/jwt/attack-tokens.json`.
    private struct Vectors: Decodable {
        struct Expected: Decodable {
            let iss: String
            let aud: String
        }

        struct Keys: Codable {
            let keys: [[String: String]]
        }

        struct Token: Decodable {
            let name: String
            let token: String
            let valid: Bool

            /// Others never get as far as being read.
            var fitsHeader: Bool {
                token.utf8.count < 16_000 && !token.isEmpty && token.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
            }
        }

        let now: Int64
        let expected: Expected
        let jwks: Keys
        let tokens: [Token]

        static func read() throws -> Vectors {
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../Vectors/jwt/attack-tokens.json").standardizedFileURL
            return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
        }
    }

    /// Hands out one key set, and counts.
    private final class Fetcher: KeySetFetcher {
        private let document: [UInt8]
        private let asked = Mutex<[String]>([])
        var urls: [String] { asked.withLock { $0 } }

        init(_ document: [UInt8]) {
            self.document = document
        }

        func keySet(at url: String, upTo limit: Int) async throws -> [UInt8] {
            asked.withLock { $0.append(url) }
            return document
        }
    }

    @Test func `JWT none, confusion, kid, jku, crit: every bad token has one answer, and none makes us fetch anything`()
        async throws
    {
        let vectors = try Vectors.read()
        #expect(vectors.tokens.count == 253)
        let fetcher = Fetcher(Array(try JSONEncoder().encode(vectors.jwks)))
        var options = SignInOptions()
        options.fetcher = fetcher
        options.issuers = [
            try ForeignIssuer(
                issuer: vectors.expected.iss, audience: vectors.expected.aud, keys: .url("https://issuer.example/keys"))
        ]
        let clock = ManualClock(Timestamp(milliseconds: vectors.now * 1000))
        try await TestAPI.run(clock: clock, signIn: options) { api in
            var (accepted, refusals) = (Set<String>(), Set<String>())
            for vector in vectors.tokens where vector.fitsHeader {
                let answer = try await api.send(.get, "/api/user", token: vector.token)
                guard answer.status != .ok else {
                    accepted.insert(vector.name)
                    continue
                }
                #expect(answer.status == .unauthorized, "\(vector.name)")
                refusals.insert(answer.said)
            }
            #expect(refusals.count == 1)
            // Of the good ones those signed by a secret are not for a key set.
            let good = Set(vectors.tokens.filter(\.valid).map(\.name))
            #expect(accepted == good.subtracting(["valid HS256", "aud array with ours", "exp fractional"]))
        }
        #expect(fetcher.urls == ["https://issuer.example/keys"])
    }

    @Test func `JWT after logout or another role: the old token is refused with the next request`() async throws {
        try await TestAPI.run { api in
            let (root, ada, eve) = (
                try await api.signUpAdmin(), try await api.signUp(), try await api.signUp("eve@example.com")
            )
            #expect(try await api.send(.post, "/api/auth/logout", token: ada).status == .ok)
            let id = try #require(try await api.send(.get, "/api/user", token: eve).data["id"] as? String)
            #expect(
                try await api.send(.patch, "/api/admin/users/\(id)", token: root, #"{"role": "admin"}"#).status == .ok)
            for token in [ada, eve] {
                #expect(try await api.send(.get, "/api/user", token: token).status == .unauthorized)
                #expect(try await api.send(.get, "/api/admin/users", token: token).status == .unauthorized)
            }
        }
    }

    @Test func `session theft by URL: no credential is taken from an address`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let made = try await api.send(.post, "/api/auth/keys", token: token, #"{"name": "laptop"}"#)
            let key = try #require(made.data["key"] as? String)
            let cookie = try #require(try await api.signInBrowser().split(separator: "=", maxSplits: 1).last)
            for name in ["access_token", "token", "bearer", "api_key", "key", "session", "__Host-waxwing_session"] {
                for secret in [token, key, String(cookie)] {
                    #expect(try await api.send(.get, "/api/user?\(name)=\(secret)").status == .unauthorized)
                }
            }
        }
    }
}
