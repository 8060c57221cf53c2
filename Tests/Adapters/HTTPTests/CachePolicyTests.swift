import Auth
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Storage
import Testing

@testable import WaxwingHTTP

@Suite struct CachePolicyTests {
    @Test(arguments: [
        ("no-store", false), ("private, max-age=3600", false), ("PRIVATE", false), ("max-age=5, No-Store", false),
        ("public, max-age=30", true), ("max-age=60", true), ("no-cache", true), ("private-ish=1", false), ("", true),
    ])
    func `may be stored for several people`(value: String, isIt: Bool) {
        #expect(Response(status: .ok, headers: [.cacheControl: value]).isStorableForAll == isIt)
    }

    @Test func `what is for several people is said so`() {
        #expect(CachePolicy.allCases.filter(\.isShared) == [.publicFile, .publicPicture, .keys, .published])
        #expect(Response(status: .ok).isStorableForAll)
    }

    @Test func `cache poisoning: nothing that somebody signed in gets may be stored for others, at any route`()
        async throws
    {
        try await TestAPI.run { api in
            let token = try await api.signUpAdmin()
            let cookie = try await api.signInBrowser("root@example.com")
            let shared = Set(CachePolicy.allCases.filter(\.isShared).map(\.rawValue))
            for route in api.finite where !["/api/auth/logout", "/api/auth/session"].contains(route.path) {
                // The caller's own account is to outlive the test.
                if route.method == .delete, ["/api/user", "/api/auth/sessions"].contains(route.path) { continue }
                let path = route.path.replacing(/[:{]\w+}?|\*\*/, with: UUID().uuidString.lowercased())
                for headers: HTTPFields in [[.authorization: "Bearer \(token)"], [.cookie: cookie], [:]] {
                    let answer = try await api.send(route.method, path, headers: headers)
                    let policy = try #require(answer.headers[.cacheControl], "\(route.method) \(path)")
                    if route.access == .published, answer.status == .ok {
                        #expect(shared.contains(policy), "\(path)")
                        #expect(answer.headers[.setCookie] == nil)
                    } else {
                        #expect(
                            policy == "no-store" || policy.hasPrefix("private"), "\(route.method) \(path): \(policy)")
                    }
                }
            }
        }
    }

    @Test func `a route that is wrong about it does not show one account's answer to another`() async throws {
        let router = Router(context: APIContext.self)
        router.add(middleware: BrowserRules())
        router.get("own") { _, context -> Response in
            context.principal = Principal(
                user: .random(), role: .user, session: nil, method: .bearer,
                authenticatedAt: Timestamp(milliseconds: 0))
            return Response(status: .ok, headers: [.cacheControl: "public, max-age=60"])
        }
        try await TestAPI.serve(router) { client in
            let answer = try await client.execute(TestClient.Request("/own", method: .get))
            #expect(answer.headers[.cacheControl] == "no-store")
        }
    }
}
