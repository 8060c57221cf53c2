import Foundation
import HTTPTypes
import Testing

@testable import WaxwingHTTP

/// What every answer tells browsers.
@Suite struct BrowserRuleTests {
    private let paths = [
        "/", "/signin", "/api/user", "/api/health", "/api/nothing", "/.well-known/jwks.json", "/api/metrics",
    ]

    @Test func `no answer is framed, sniffed, or named to other sites`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for path in paths {
                for token in [token, nil] {
                    let answer = try await api.send(.get, path, token: token)
                    let policy = try #require(answer.headers[.contentSecurityPolicy])
                    for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
                        #expect(policy.contains(part), "\(path)")
                    }
                    #expect(answer.headers[.xContentTypeOptions] == "nosniff")
                    #expect(answer.headers[.referrerPolicy] == "same-origin")
                    #expect(answer.headers[.strictTransportSecurity] == nil)
                }
            }
        }
    }

    @Test func `no route answers without what keeps browsers safe`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUpAdmin()
            for route in api.finite where !(route.method == .delete && route.path == "/api/user") {
                let path = route.path.replacing(/[:{]\w+}?|\*\*/, with: UUID().uuidString.lowercased())
                for token in [nil, token] where token == nil || route.method == .get {
                    let answer = try await api.send(route.method, path, token: token)
                    let place: Comment = "\(route.method) \(path)"
                    let policy = try #require(answer.headers[.contentSecurityPolicy], place)
                    #expect(policy.contains("default-src 'none'"), place)
                    #expect(policy.contains("frame-ancestors 'none'") || policy.contains("sandbox"), place)
                    #expect(answer.headers[.xContentTypeOptions] == "nosniff", place)
                    #expect(answer.headers[.referrerPolicy] == "same-origin", place)
                    #expect(answer.headers[.crossOriginResourcePolicy] != nil, place)
                    #expect(answer.headers[.cacheControl] != nil && answer.headers[.requestID] != nil, place)
                    let isPage = answer.headers[.contentType]?.hasPrefix("text/html") == true
                    #expect((answer.headers[.crossOriginOpenerPolicy] == "same-origin") == isPage, place)
                    #expect((answer.headers[.permissionsPolicy]?.contains("microphone=()") == true) == isPage, place)
                }
            }
        }
    }

    @Test func `browsers come back by TLS only, where the service is reached by it`() async throws {
        try await TestAPI.run(publicURL: "https://sounds.example.com") { api async throws in
            for path in paths {
                #expect(try await api.send(.get, path).headers[.strictTransportSecurity] == "max-age=31536000")
            }
        }
    }

    @Test func `no other site reads an answer`() async throws {
        try await TestAPI.run { api in
            let cookie = try await signedIn(api)
            for origin in ["https://evil.example", "null", "http://sub.localhost", "http://localhost"] {
                for path in paths {
                    let answer = try await api.send(.get, path, headers: [.cookie: cookie, .origin: origin])
                    #expect(answer.headers[.accessControlAllowOrigin] == nil)
                    let asked = try await api.send(
                        .options, path, headers: [.origin: origin, .accessControlRequestMethod: "DELETE"])
                    #expect(asked.headers[.accessControlAllowOrigin] == nil)
                }
            }
        }
    }

    @Test func `passwords are typed unseen, and filled in by browsers and their helpers`() async throws {
        try await TestAPI.run { api in
            for (path, completion) in [
                ("/signin", "current-password"), ("/register", "new-password"), ("/reset", "new-password"),
            ] {
                let page = try await api.send(.get, path).text
                let input = try #require(page.firstMatch(of: /<input name="password"[^>]*>/)).output
                #expect(input.contains("type=\"password\"") && input.contains("autocomplete=\"\(completion)\""))
                #expect(!page.contains("onpaste") && !page.contains("autocomplete=\"off\""))
            }
        }
    }

    private func signedIn(_ api: TestAPI) async throws -> String {
        _ = try await api.signUp()
        return try await api.signInBrowser()
    }
}
