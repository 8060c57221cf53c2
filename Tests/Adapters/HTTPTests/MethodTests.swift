import Foundation
import HTTPTypes
import Testing

@testable import WaxwingHTTP

@Suite struct MethodTests {
    @Test func `of two routes that an address may be, the one in letters is meant`() {
        func route(_ method: HTTPRequest.Method, _ path: String) -> Route {
            Route(method, path, path, "", answers: []) { _, context in context.answer(failure: .internalError) }
        }
        let methods = RouteMethods([
            route(.get, "/api/things/{id}"), route(.delete, "/api/things/{id}"), route(.post, "/api/things/search"),
            route(.get, "/objects/**"), route(.put, "/objects/**"), route(.get, "/"),
        ])
        #expect(methods.methods(at: "/api/things/7") == [.delete, .get, .head])
        #expect(methods.methods(at: "/api/things/search") == [.post])
        #expect(methods.methods(at: "/objects/a/b/c") == [.get, .head, .put])
        #expect(methods.methods(at: "/") == [.get, .head])
        for path in ["/api/things", "/api/things/7/8", "/objects", "/nothing", "/API/things/7"] {
            #expect(methods.methods(at: path) == [], "\(path)")
        }
    }

    @Test func `an address says which methods it takes, and refuses others by 405`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let options = try await api.send(.options, "/api/samples/x")
            #expect((options.status, options.headers[.allow]) == (.noContent, "DELETE, GET, HEAD, PATCH, OPTIONS"))
            let refused = try await api.send(.put, "/api/samples/x", token: token)
            #expect((refused.status, refused.code) == (.methodNotAllowed, "VALIDATION_ERROR"))
            #expect(refused.headers[.allow] == "DELETE, GET, HEAD, PATCH, OPTIONS")
            #expect(try await api.send(.options, "/api/none").status == .notFound)
            #expect(try await api.send(.put, "/api/none").status == .notFound)
            // Who may not see administration does not see its methods.
            #expect(try await api.send(.delete, "/api/admin/users", token: token).status == .notFound)
        }
    }

    @Test
    func `TRACE, CONNECT, override headers: refused by 405 or 501, and no header makes another method`()
        async throws
    {
        try await TestAPI.run { api in
            for name in ["TRACE", "PROPFIND"] {
                let method = try #require(HTTPRequest.Method(name))
                for path in ["/", "/api/user", "/api/none"] {
                    let answer = try await api.send(method, path, headers: [.cookie: "secret=1"])
                    let expected: HTTPResponse.Status =
                        name == "TRACE" && path != "/api/none" ? .methodNotAllowed : .notImplemented
                    #expect(answer.status == expected && !answer.text.contains("secret"), "\(name) \(path)")
                }
            }
            let token = try await api.signUp()
            for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"] {
                let field = try #require(HTTPField.Name(name))
                let answer = try await api.send(.get, "/api/user", token: token, headers: [field: "DELETE"])
                #expect(answer.status == .ok)
            }
            #expect(try await api.send(.get, "/api/user", token: token).status == .ok)
        }
    }
}
