import Auth
import Foundation
import HTTPTypes
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct SignInRouteTests {
    @Test func `a refresh token gives a fresh pair, once, and then ends the session`() async throws {
        try await TestAPI.run(clock: ManualClock()) { api in
            _ = try await api.signUp()
            let login = try await api.send(.post, "/api/auth/login", Self.credentials)
            let old = try #require(login.data["refresh_token"] as? String)
            #expect(login.data["expires_in"] as? Int == 1800)
            let fresh = try await api.send(.post, "/api/auth/refresh", #"{"refresh_token": "\#(old)"}"#)
            #expect(fresh.status == .ok)
            let token = try #require(fresh.data["access_token"] as? String)
            #expect(try await api.send(.get, "/api/user", token: token).status == .ok)
            let next = try #require(fresh.data["refresh_token"] as? String)
            // Within the grace window the same child comes again: a client that lost an answer goes on.
            let again = try await api.send(.post, "/api/auth/refresh", #"{"refresh_token": "\#(old)"}"#)
            #expect(again.data["refresh_token"] as? String == next)
            for bad in [old + "x", "wxr_", "", next.uppercased()] {
                let refused = try await api.send(.post, "/api/auth/refresh", #"{"refresh_token": "\#(bad)"}"#)
                #expect((refused.status, refused.code) == (.unauthorized, "UNAUTHORIZED"))
            }
        }
    }

    @Test func `signing out ends access, refresh and cookie at once, here and everywhere`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let login = try await api.send(.post, "/api/auth/login", Self.credentials)
            let refresh = try #require(login.data["refresh_token"] as? String)
            let cookie = try await api.signInBrowser()
            let list = try await api.send(.get, "/api/auth/sessions", token: token)
            #expect(list.list.count == 3 && list.list.count { $0["current"] as? Bool == true } == 1)
            #expect(try await api.send(.delete, "/api/auth/sessions", token: token).data["ended"] as? Int == 3)
            #expect(try await api.send(.get, "/api/user", token: token).status == .unauthorized)
            #expect(try await api.send(.get, "/api/user", headers: [.cookie: cookie]).status == .unauthorized)
            #expect(
                try await api.send(.post, "/api/auth/refresh", #"{"refresh_token": "\#(refresh)"}"#).status
                    == .unauthorized)
        }
    }

    @Test func `a session of another device is ended, another's is not found`() async throws {
        try await TestAPI.run { api in
            let (ada, eve) = (try await api.signUp(), try await api.signUp("eve@example.com"))
            let sessions = try await api.send(.get, "/api/auth/sessions", token: ada)
            let id = try #require(sessions.list.first?["id"] as? String)
            #expect(try await api.send(.delete, "/api/auth/sessions/\(id)", token: eve).status == .notFound)
            #expect(try await api.send(.get, "/api/user", token: ada).status == .ok)
            #expect(try await api.send(.delete, "/api/auth/sessions/\(id)", token: ada).status == .ok)
            #expect(try await api.send(.get, "/api/user", token: ada).status == .unauthorized)
        }
    }

    @Test func `the cookie is for this host alone and no script, and new at each sign-in`() async throws {
        try await TestAPI.run { api in
            _ = try await api.signUp()
            let answer = try await api.send(
                .post, "/api/auth/session", headers: [.origin: "http://localhost"], Self.credentials)
            let header = try #require(answer.headers[.setCookie])
            #expect(header.hasPrefix("__Host-"))
            for part in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] { #expect(header.contains(part)) }
            #expect(!answer.text.contains("access_token"))
            // Session fixation: the cookie that the browser came with is dead afterwards.
            let planted = try #require(answer.cookie)
            let own = try await api.signInBrowser(headers: [.cookie: planted])
            #expect(own != planted)
            #expect(try await api.send(.get, "/api/user", headers: [.cookie: planted]).status == .unauthorized)
            #expect(try await api.send(.get, "/api/user", headers: [.cookie: own]).status == .ok)
            let ended = try await api.send(
                .delete, "/api/auth/session", headers: [.cookie: own, .origin: "http://localhost"])
            #expect(ended.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await api.send(.get, "/api/user", headers: [.cookie: own]).status == .unauthorized)
        }
    }

    @Test func `nothing changes by a cookie that another site makes a browser send`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let cookie = try await api.signInBrowser()
            // A webhook knows no cookie: its signature is all that counts.
            let unsafe = api.routes.filter {
                ![.get, .head].contains($0.method) && $0.path.hasPrefix("/api") && !$0.path.hasSuffix("/webhook")
            }
            #expect(unsafe.count > 20)
            for (method, path) in unsafe {
                let path = path.replacing(/[:{]\w+}?/, with: UUID().uuidString.lowercased())
                for origin in ["https://evil.example", "null", "http://localhost:1", "http://localhost.evil.example"] {
                    for type in ["text/plain", "application/x-www-form-urlencoded", "application/json"] {
                        let answer = try await api.send(
                            method, path, headers: [.cookie: cookie, .origin: origin, .contentType: type], "{}")
                        #expect(answer.status == .forbidden, "\(method) \(path) from \(origin)")
                    }
                }
                let crossSite = try await api.send(
                    method, path, headers: [.cookie: cookie, .secFetchSite: "cross-site"], "{}")
                #expect(crossSite.status == .forbidden, "\(method) \(path)")
            }
            // Not even without a word of where it comes from, where a cookie is all there is.
            #expect(try await api.send(.delete, "/api/auth/sessions", headers: [.cookie: cookie]).status == .forbidden)
            #expect(try await api.send(.get, "/api/user", token: token).status == .ok)
            #expect(try await api.send(.get, "/api/user", headers: [.cookie: cookie]).status == .ok)
            let own = HTTPFields(dictionaryLiteral: (.cookie, cookie), (.origin, "http://localhost"))
            #expect(try await api.send(.delete, "/api/auth/sessions", headers: own).status == .ok)
        }
    }

    @Test func `API keys work in both headers, and end when they are revoked`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let made = try await api.send(
                .post, "/api/auth/keys", token: token, #"{"name": "laptop", "scopes": ["library:read"]}"#)
            #expect(made.status == .created)
            let (key, id) = (try #require(made.data["key"] as? String), try #require(made.data["id"] as? String))
            #expect(try await api.send(.get, "/api/samples", token: key).status == .ok)
            #expect(try await api.send(.get, "/api/samples", headers: [.apiKey: key]).status == .ok)
            let narrow = try await api.send(.get, "/api/user", token: key)
            #expect((narrow.status, narrow.code) == (.forbidden, "FORBIDDEN"))
            let listed = try await api.send(.get, "/api/auth/keys", token: token)
            #expect(listed.list.count == 1 && listed.list[0]["key"] == nil)
            #expect(!listed.text.contains(key.suffix(20)))
            let eve = try await api.signUp("eve@example.com")
            #expect(try await api.send(.delete, "/api/auth/keys/\(id)", token: eve).status == .notFound)
            #expect(try await api.send(.delete, "/api/auth/keys/\(id)", token: token).status == .ok)
            #expect(try await api.send(.get, "/api/samples", headers: [.apiKey: key]).status == .unauthorized)
            for body in [
                #"{"name": ""}"#, #"{"name": "x", "scopes": ["everything"]}"#,
                #"{"name": "x", "expires_at": "2001-01-01T00:00:00Z"}"#, #"{"name": "x", "expires_at": "soon"}"#,
            ] {
                #expect(try await api.send(.post, "/api/auth/keys", token: token, body).status == .badRequest)
            }
        }
    }

    @Test func `only administrators get to routes of administration, however they are spelled`() async throws {
        try await TestAPI.run { api in
            let (user, admin) = (try await api.signUp(), try await api.signUpAdmin())
            let routes = api.routes.filter { $0.path.contains("admin") }
            #expect(routes.count >= 5)
            for (method, route) in routes {
                let path = route.replacing(/[:{]\w+}?/, with: UUID().uuidString.lowercased())
                for spelled in [
                    path, path + "/", path.replacing("admin", with: "%61dmin"),
                    path.replacing("/admin", with: "//admin"),
                ] {
                    for method in [method, .get, .post, .put, .patch, .delete] {
                        let answer = try await api.send(method, spelled, token: user, #"{"email": "x@example.com"}"#)
                        #expect(
                            [.forbidden, .notFound].contains(answer.status), "\(method) \(spelled): \(answer.status)")
                    }
                }
                #expect(try await api.send(method, path).status == .unauthorized)
            }
            let users = try await api.send(.get, "/api/admin/users", token: admin)
            #expect(users.list.count == 2)
            let id = try #require(users.list.first { $0["email"] as? String == "ada@example.com" }?["id"] as? String)
            let disabled = try await api.send(.patch, "/api/admin/users/\(id)", token: admin, #"{"disabled": true}"#)
            #expect(disabled.data["disabled_at"] is String)
            #expect(try await api.send(.get, "/api/user", token: user).status == .unauthorized)
            let audit = try await api.send(.get, "/api/admin/audit?user=\(id)", token: admin)
            #expect(audit.list.contains { $0["action"] as? String == "account.disabled" })
            #expect(
                try await api.send(.patch, "/api/admin/users/\(id)", token: admin, #"{"role": "emperor"}"#).status
                    == .badRequest)
        }
    }

    @Test func `mass assignment changes nothing`() async throws {
        try await TestAPI.run { api in
            let extras = [
                #""role": "admin""#, #""plan": "pro""#, #""id": "x""#, #""user_id": "x""#, #""is_admin": true"#,
                #""email_verified_at": 1"#,
            ]
            for extra in extras {
                let refused = try await api.send(
                    .post, "/api/auth/register",
                    #"{"email": "ada@example.com", "password": "correct horse 9", \#(extra)}"#)
                #expect((refused.status, refused.code) == (.badRequest, "VALIDATION_ERROR"))
            }
            let token = try await api.signUp()
            for extra in extras {
                let key = try await api.send(
                    .post, "/api/auth/keys", token: token, #"{"name": "x", "scopes": [], \#(extra)}"#)
                #expect((key.status, key.code) == (.badRequest, "VALIDATION_ERROR"))
            }
            let user = try await api.send(.get, "/api/user", token: token)
            #expect(user.data["role"] as? String == "user" && user.data["plan"] as? String == "test")
            #expect(user.data["email_verified_at"] is NSNull)
            #expect(try await api.send(.get, "/api/auth/keys", token: token).list.isEmpty)
        }
    }

    @Test func `the export streams as a download, and the account ends with its password`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let export = try await api.send(.get, "/api/user/export", token: token)
            #expect(export.status == .ok && export.json["account"] is [String: Any])
            #expect(export.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            #expect(
                try await api.send(.delete, "/api/user", token: token, #"{"password": "wrong horse 9"}"#).status
                    == .unauthorized)
            let ended = try await api.send(.delete, "/api/user", token: token, #"{"password": "correct horse 9"}"#)
            #expect(ended.status == .accepted && (ended.data["removed"] as? [String: Any])?["sessions"] as? Int == 1)
            #expect(try await api.send(.get, "/api/user", token: token).status == .unauthorized)
            #expect(try await api.send(.post, "/api/auth/login", Self.credentials).status == .unauthorized)
        }
    }

    @Test func `a changed password gives fresh tokens to the client that asked`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let changed = try await api.send(
                .put, "/api/user/password", token: token, #"{"current": "correct horse 9", "new": "another one 77"}"#)
            #expect(changed.status == .ok)
            #expect(try await api.send(.get, "/api/user", token: token).status == .unauthorized)
            let fresh = try #require(changed.data["access_token"] as? String)
            #expect(try await api.send(.get, "/api/user", token: fresh).status == .ok)
            let audit = try await api.send(.get, "/api/user/audit", token: fresh)
            #expect(audit.list.first?["action"] as? String == "password.changed")
        }
    }

    @Test func `the public keys are published, and no secret ones`() async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(.get, "/.well-known/jwks.json")
            #expect(answer.headers[.contentType] == "application/jwk-set+json")
            let keys = try #require(answer.json["keys"] as? [[String: Any]])
            #expect(keys.count == 1 && keys[0]["alg"] as? String == "ES256" && keys[0]["d"] == nil)
        }
    }

    private static let credentials = #"{"email": "ada@example.com", "password": "correct horse 9"}"#
}
