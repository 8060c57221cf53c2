import Foundation
import HTTPTypes
import Testing

@testable import WaxwingHTTP

@Suite struct CrossOriginTests {
    private static let app = "https://app.example.com"

    private func withOrigins(_ test: @escaping @Sendable (TestAPI) async throws -> Void) async throws {
        try await TestAPI.run(origins: AllowedOrigins("\(Self.app), http://localhost:5173"), test)
    }

    @Test func `a listed site's page signs in, reads and writes with a token, and sees the headers it needs`()
        async throws
    {
        try await withOrigins { api in
            _ = try await api.signUp()
            let headers: HTTPFields = [.origin: Self.app, .named("Sec-Fetch-Site"): "cross-site"]
            let login = try await api.send(
                .post, "/api/auth/login", headers: headers,
                #"{"email": "ada@example.com", "password": "correct horse 9"}"#)
            #expect(login.status == .ok && login.headers[.accessControlAllowOrigin] == Self.app)
            let token = try #require(login.data["access_token"] as? String)
            let user = try await api.send(.get, "/api/user", token: token, headers: headers)
            #expect(user.status == .ok && user.headers[.accessControlAllowOrigin] == Self.app)
            #expect(user.headers[.vary]?.contains("Origin") == true)
            let seen = user.headers[.accessControlExposeHeaders]?.split(separator: ", ").map(String.init) ?? []
            for name in ["ETag", "Content-Range", "Content-Disposition", "X-Request-ID", "Retry-After"] {
                #expect(seen.contains(name))
            }
            let key = try await api.send(.post, "/api/auth/keys", token: token, headers: headers, #"{"name": "x"}"#)
            #expect(key.status == .created)
            // Errors are read too.
            let missing = try await api.send(.get, "/api/jobs/none", token: token, headers: headers)
            #expect(missing.status == .notFound && missing.headers[.accessControlAllowOrigin] == Self.app)
        }
    }

    @Test func `CORS: no other site reads an answer, whatever it calls itself`() async throws {
        try await withOrigins { api in
            let token = try await api.signUp()
            let cookie = try await api.signInBrowser()
            for origin in [
                "https://evil.example", "null", "https://sub.app.example.com", "https://app.example.com.evil.example",
                "https://evilapp.example.com", "http://app.example.com", "https://app.example.com:8443",
                "https://APP.example.com", "http://localhost", "http://localhost:5174",
            ] {
                for path in ["/", "/api/user", "/api/health", "/api/none", "/.well-known/jwks.json", "/openapi.json"] {
                    for headers: HTTPFields in [[.cookie: cookie], [.authorization: "Bearer \(token)"]] {
                        var headers = headers
                        headers[.origin] = origin
                        let answer = try await api.send(.get, path, headers: headers)
                        headers[.accessControlRequestMethod] = "DELETE"
                        let asked = try await api.send(.options, path, headers: headers)
                        for answer in [answer, asked] {
                            let told = answer.headers.filter { $0.name.canonicalName.hasPrefix("access-control-") }
                            #expect(told.isEmpty, "\(origin) \(path)")
                            #expect(answer.headers[.vary]?.contains("Origin") == true, "\(origin) \(path)")
                        }
                    }
                }
            }
        }
    }

    @Test func `cookies are never allowed along, and change nothing from a listed site`() async throws {
        try await withOrigins { api in
            _ = try await api.signUp()
            let cookie = try await api.signInBrowser()
            let headers: HTTPFields = [.origin: Self.app, .cookie: cookie, .named("Sec-Fetch-Site"): "cross-site"]
            for path in ["/api/user", "/api/auth/keys"] {
                let answer = try await api.send(.get, path, headers: headers)
                #expect(answer.headers[.accessControlAllowCredentials] == nil)
            }
            let made = try await api.send(.post, "/api/auth/keys", headers: headers, #"{"name": "x"}"#)
            #expect((made.status, made.code) == (.forbidden, "FORBIDDEN"))
        }
    }

    @Test func `a browser that asks first is told the methods of the route, at every route`() async throws {
        try await withOrigins { api in
            let paths = Dictionary(grouping: api.declared, by: \.path)
            #expect(paths.count > 50)
            for (route, declared) in paths {
                let path = route.replacing(/[:{]\w+}?|\*\*/, with: UUID().uuidString.lowercased())
                let methods = Set(
                    declared.map(\.method.rawValue) + (declared.contains { $0.method == .get } ? ["HEAD"] : []))
                let asked = try await api.send(
                    .options, path,
                    headers: [
                        .origin: Self.app, .accessControlRequestMethod: "POST",
                        .accessControlRequestHeaders: "authorization, idempotency-key",
                    ])
                #expect(asked.status == .noContent && asked.bytes.isEmpty, "\(path)")
                #expect(asked.headers[.accessControlAllowOrigin] == Self.app)
                let allowed = asked.headers[.accessControlAllowMethods]?.split(separator: ", ").map(String.init) ?? []
                #expect(Set(allowed) == methods.union(["OPTIONS"]), "\(path)")
                let sent = asked.headers[.accessControlAllowHeaders]?.split(separator: ", ").map(String.init) ?? []
                for name in [
                    "Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "Last-Event-ID", "Range",
                    "If-Match",
                    "If-None-Match", "If-Range", "If-Modified-Since", "If-Unmodified-Since",
                ] {
                    #expect(sent.contains(name))
                }
                #expect(asked.headers[.accessControlMaxAge] == "7200")
            }
        }
    }

    @Test func `without a list nothing is said of origins`() async throws {
        try await TestAPI.run { api async throws in
            let answer = try await api.send(.get, "/api/health", headers: [.origin: Self.app])
            #expect(
                answer.headers[.accessControlAllowOrigin] == nil && answer.headers[.vary]?.contains("Origin") != true)
            let login = try await api.send(
                .post, "/api/auth/login", headers: [.origin: Self.app],
                #"{"email": "ada@example.com", "password": "correct horse 9"}"#)
            #expect(login.status == .forbidden)
        }
    }
}
