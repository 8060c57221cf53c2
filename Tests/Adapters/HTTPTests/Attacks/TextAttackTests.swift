import Foundation
import HTTPTypes
import LogTestKit
import Testing

@testable import WaxwingHTTP

/// What is tried with texts, in every field that has to do with signing in.
@Suite struct TextAttackTests {
    /// A route, and what it takes, as JSON.
    private struct Form {
        let method: HTTPRequest.Method
        let path: String
        let fields: [String: String]

        init(_ method: HTTPRequest.Method, _ path: String, _ fields: [String: String]) {
            (self.method, self.path, self.fields) = (method, path, fields)
        }

        /// - Parameter text: JSON between quotes.
        func body(with text: String, in bad: String) -> String {
            let members = fields.map { name, value in
                let isList = value.hasPrefix("[")
                return "\"\(name)\": " + (name != bad ? value : isList ? "[\"\(text)\"]" : "\"\(text)\"")
            }
            return "{\(members.joined(separator: ", "))}"
        }
    }

    private static let email = #""ada@example.com""#
    private static let password = #""correct horse 10""#
    private static let forms = [
        Form(.post, "/api/auth/register", ["email": #""new@example.com""#, "password": password, "name": #""New""#]),
        Form(.post, "/api/auth/login", ["email": email, "password": password]),
        Form(.post, "/api/auth/session", ["email": email, "password": password]),
        Form(.post, "/api/auth/refresh", ["refresh_token": #""wxr_""#]),
        Form(.post, "/api/auth/verify", ["token": #""x""#, "password": password]),
        Form(.post, "/api/auth/verify/request", ["email": email]),
        Form(.post, "/api/auth/reset", ["token": #""x""#, "password": password]),
        Form(.post, "/api/auth/reset/request", ["email": email]),
        Form(.post, "/api/auth/invitation", ["token": #""x""#, "password": password, "name": #""New""#]),
        Form(.post, "/api/auth/keys", ["name": #""x""#, "scopes": "[]", "expires_at": #""2099-01-01T00:00:00Z""#]),
        Form(.put, "/api/user/password", ["current": password, "new": password]),
        Form(.delete, "/api/user", ["password": password]),
        Form(.post, "/api/admin/invitations", ["email": email, "role": #""user""#]),
        Form(.patch, "/api/admin/users/00000000-0000-4000-8000-000000000000", ["role": #""user""#]),
    ]

    @Test func `NUL and lone surrogates in text fields are the client's mistake, and no fault of ours`() async throws {
        let (letterbox, log) = (Letterbox(), LogCollector())
        try await TestAPI.run(signIn: letterbox.options(), logger: log.logger) { api in
            let token = try await api.signUpAdmin()
            for form in Self.forms {
                for field in form.fields.keys {
                    for (text, isText) in [
                        (#"\u0000"#, true), (#"a\u0000b"#, true), ("a\u{0}b", false), (#"\ud800"#, false),
                        (#"a\udc00b"#, false), (#"\udc00\ud800"#, false),
                    ] {
                        let answer = try await api.send(
                            form.method, form.path, token: token, form.body(with: text, in: field))
                        let what: Comment = "\(form.method) \(form.path) \(field): \(answer.status)"
                        #expect((400..<500).contains(answer.status.code), what)
                        if !isText { #expect(answer.status == .badRequest, what) }
                    }
                }
                for bytes: [UInt8] in [[0xFF], Array(#"{"email": ""#.utf8) + [0xC0, 0x80] + Array(#""}"#.utf8), []] {
                    let answer = try await api.send(form.method, form.path, token: token, bytes: bytes)
                    #expect((400..<500).contains(answer.status.code))
                }
            }
            #expect(try await api.send(.get, "/api/user", token: token).status == .ok)
        }
        #expect(log.errors == [])
    }

    @Test func `NUL and broken UTF-8 in addresses, headers and forms are no fault of ours either`() async throws {
        let (letterbox, log) = (Letterbox(), LogCollector())
        try await TestAPI.run(signIn: letterbox.options(), logger: log.logger) { api in
            let token = try await api.signUpAdmin()
            for text in ["%00", "%ED%A0%80", "%ff", "%C0%80", "%27%20OR%201%3D1--"] {
                for path in [
                    "/api/user/audit?cursor=", "/api/admin/users?cursor=", "/api/admin/users?limit=",
                    "/api/admin/audit?user=", "/api/admin/users/", "/auth/login/", "/auth/callback/",
                    "/auth/callback/google?state=", "/auth/login/google?next=", "/signin?next=", "/verify?token=",
                    "/reset?token=", "/invitation?token=",
                ] {
                    // A path that stands for no text ends the connection.
                    let answer = try await api.connected { try await $0.send(.get, path + text, token: token) }
                    #expect(answer.status.code < 500, "\(path)\(text): \(answer.status)")
                }
                for path in ["/signin", "/register", "/verify", "/forgot", "/reset", "/invitation"] {
                    let fields = ["email", "password", "name", "token", "next"].map { "\($0)=\(text)" }
                    let answer = try await api.send(
                        .post, path,
                        headers: [.contentType: "application/x-www-form-urlencoded", .origin: "http://localhost"],
                        fields.joined(separator: "&"))
                    #expect((400..<500).contains(answer.status.code), "\(path) \(text): \(answer.status)")
                }
            }
            for name in [HTTPField.Name.apiKey, .cookie, .accessAssertion, .userAgent] {
                for text in ["__Host-waxwing_session=\u{1}", "\u{FFFE}\u{200B}", "' OR 1=1 --"] {
                    let answer = try await api.send(
                        .post, "/api/auth/login", headers: [name: text],
                        #"{"email": "root@example.com", "password": "wrong horse 9"}"#)
                    #expect((400..<500).contains(answer.status.code))
                    let own = try await api.send(.get, "/api/user", headers: [name: text])
                    #expect((400..<500).contains(own.status.code))
                }
            }
        }
        #expect(log.errors == [])
    }

    @Test func `SQL injection: quotes, comments and statements are texts like others`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for text in [
                "' OR '1'='1", "'; DROP TABLE users; --", "x') ON CONFLICT DO NOTHING; --", "$1", "?", "%' ESCAPE '",
                "1); SELECT pg_sleep(5); --",
            ] {
                let wrong = try await api.send(
                    .post, "/api/auth/login", #"{"email": "ada@example.com", "password": "\#(text)"}"#)
                #expect([.unauthorized, .tooManyRequests].contains(wrong.status))
                let nobody = try await api.send(
                    .post, "/api/auth/login", #"{"email": "\#(text)", "password": "correct horse 9"}"#)
                #expect(nobody.status == .unauthorized)
                let made = try await api.send(.post, "/api/auth/keys", token: token, #"{"name": "\#(text)"}"#)
                #expect(made.status == .created && made.data["name"] as? String == text)
                let refused = try await api.send(
                    .post, "/api/auth/register",
                    #"{"email": "\#(text)@example.com", "password": "correct horse 9"}"#)
                #expect([.badRequest, .created].contains(refused.status))
                for body in [#"{"refresh_token": "\#(text)"}"#, #"{"token": "\#(text)"}"#] {
                    for path in ["/api/auth/refresh", "/api/auth/verify"] {
                        #expect((400..<500).contains(try await api.send(.post, path, body).status.code))
                    }
                }
            }
            let keys = try await api.send(.get, "/api/auth/keys", token: token)
            #expect(keys.list.count == 7)
            #expect(try await api.send(.get, "/api/user", token: token).data["email"] as? String == "ada@example.com")
        }
    }
}
