import Foundation
import HTTPTypes
import Storage
import Testing

@testable import WaxwingHTTP

@Suite struct JSONBodyTests {
    private struct Form: Decodable {
        let name: String
        let successUrl: String?
        let size: Int?
        let counts: [String: Int]?
    }

    private func read(_ text: String) throws -> Watched<Form> {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Watched<Form>.self, from: Data(text.utf8))
    }

    @Test func `what a form asks for is what it takes`() throws {
        let form = try read(#"{"name": "x", "success_url": "y", "counts": {"one_two": 1}, "more": 1}"#)
        #expect(form.names == ["name", "success_url", "size", "counts"])
        #expect(form.value.successUrl == "y" && form.value.counts == ["one_two": 1])
    }

    /// Fields that no client sets: TRUST's list of mass assignment.
    private static let extras = [
        "role", "plan", "credits", "user_id", "userId", "tenant_id", "tenantId", "is_admin", "isAdmin", "created_at",
        "createdAt", "id",
    ]

    private static let forms: [(HTTPRequest.Method, String, String)] = [
        (.post, "/api/auth/register", #""email": "new@example.com", "password": "correct horse 10""#),
        (.post, "/api/auth/login", #""email": "root@example.com", "password": "correct horse 9""#),
        (.post, "/api/auth/session", #""email": "root@example.com", "password": "correct horse 9""#),
        (.post, "/api/auth/refresh", #""refresh_token": "x""#),
        (.post, "/api/auth/verify", #""token": "x", "password": "correct horse 10""#),
        (.post, "/api/auth/verify/request", #""email": "root@example.com""#),
        (.post, "/api/auth/reset", #""token": "x", "password": "correct horse 10""#),
        (.post, "/api/auth/reset/request", #""email": "root@example.com""#),
        (.post, "/api/auth/invitation", #""token": "x", "password": "correct horse 10""#),
        (.post, "/api/auth/keys", #""name": "x""#),
        (.put, "/api/user/password", #""current": "correct horse 9", "new": "correct horse 10""#),
        (.delete, "/api/user", #""password": "correct horse 9""#),
        (.post, "/api/admin/invitations", #""email": "x@example.com""#),
        (.patch, "/api/admin/users/00000000-0000-4000-8000-000000000000", #""disabled": true"#),
        (.post, "/api/uploads", #""filename": "a.wav", "size": 9, "content_type": "audio/wav""#),
        (.post, "/api/subscribe", #""plan": "test""#), (.post, "/api/billing/swap", #""plan": "test""#),
        (.post, "/api/cancel", #""now": true"#), (.post, "/api/billing/portal", #""return_url": "https://x.example""#),
    ]

    @Test func `mass assignment: what a route does not take is refused by name, and changes nothing`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUpAdmin()
            func rows() async throws -> [Int] {
                [
                    try await api.count("SELECT count(*) AS n FROM users"),
                    try await api.count("SELECT count(*) AS n FROM upload_sessions"),
                    try await api.count("SELECT count(*) AS n FROM jobs"),
                ]
            }
            let before = try await rows()
            for (method, path, members) in Self.forms {
                for extra in Self.extras {
                    // Some routes take some of them.
                    if members.contains("\"\(extra)\"") || (path.contains("admin") && extra == "role") { continue }
                    let answer = try await api.send(method, path, token: token, "{\(members), \"\(extra)\": 1}")
                    #expect((answer.status, answer.code) == (.badRequest, "VALIDATION_ERROR"), "\(path) \(extra)")
                    #expect(answer.error["field"] as? String == extra, "\(path) \(extra)")
                }
            }
            #expect(try await rows() == before)
            let user = try await api.send(.get, "/api/user", token: token)
            #expect(user.data["role"] as? String == "admin" && user.data["plan"] as? String == "test")
        }
    }

    @Test(arguments: [
        ("/api/collections", #"{"name": "a", "rules": {"text": "kick", "colour": 1}}"#),
        ("/api/kits", #"{"name": "a", "bpm": 90, "pads": [{"pad": "A1", "sample": "b", "colour": 1}]}"#),
        ("/api/sync", #"{"changes": [{"type": "a", "id": "1", "data": {"free": 1}, "colour": 1}]}"#),
        ("/api/samples/batch", #"{"action": "tag", "ids": [], "colour": 1}"#),
    ])
    func `what nobody asks for is refused by name inside of a body as in it`(path: String, body: String) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answer = try await api.send(.post, path, token: token, body)
            #expect(answer.status == .badRequest && answer.error["field"] as? String == "colour", "\(answer.text)")
            #expect(
                answer.error["message"] as? String == "'colour' is not taken here: send only what the route names")
        }
    }

    @Test func `a body is JSON by its type, by none, or as curl calls all that it sends`() async throws {
        try await TestAPI.run { api in
            _ = try await api.signUp()
            let body = #"{"email": "ada@example.com", "password": "correct horse 9"}"#
            for (type, status) in [
                (nil, 200), ("application/json", 200), ("Application/JSON; charset=utf-8", 200),
                ("application/vnd.waxwing+json", 200), ("application/x-www-form-urlencoded", 200), ("text/plain", 415),
                ("multipart/form-data; boundary=b", 415), ("text/html", 415), ("application/xml", 415), ("json", 415),
            ] as [(String?, Int)] {
                var headers: HTTPFields = [:]
                headers[.contentType] = type
                let answer = try await api.send(.post, "/api/auth/login", headers: headers, body)
                #expect(answer.status.code == status, "\(type ?? "none")")
            }
        }
    }

    @Test func `each wrong body is the client's mistake, said of the field where there is one`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let path = "/api/uploads"
            func refused(_ body: String) async throws -> Answer { try await api.send(.post, path, token: token, body) }
            func upload(size: String) -> String {
                #"{"filename": "a.wav", "size": \#(size), "content_type": "audio/wav"}"#
            }
            for (body, field) in [
                (upload(size: "1e400"), "size"), (upload(size: "18446744073709551616"), "size"),
                (upload(size: "\"9\""), "size"), (upload(size: "null"), "size"), (upload(size: "1.5"), "size"),
                (upload(size: String(repeating: "9", count: 60_000)), "size"),
                (#"{"filename": "a.wav", "size": 9}"#, "content_type"),
                (#"{"filename": "a\u0000", "size": 9, "content_type": "audio/wav"}"#, "filename"),
                (#"{"filename": "\ud800", "size": 9, "content_type": "audio/wav"}"#, "filename"),
                (#"{"filename": "a", "filename": "b", "size": 9, "content_type": "audio/wav"}"#, "filename"),
                ("true", nil), ("null", nil), ("[]", nil), ("\u{FEFF}{}", nil), ("{", nil), ("", nil),
                (String(repeating: "[", count: 60_000), nil),
            ] as [(String, String?)] {
                let answer = try await refused(body)
                #expect((answer.status, answer.code) == (.badRequest, "VALIDATION_ERROR"), "\(body.prefix(60))")
                #expect(answer.error["field"] as? String == field, "\(body.prefix(60))")
            }
            // A whole number is one however it is written.
            #expect(try await refused(upload(size: "9.0")).status == .created)
        }
    }

    @Test func `JSON depth, oversize: brackets and megabytes without end are refused`() async throws {
        try await TestAPI.run { api async throws in
            for (body, statuses) in [
                (String(repeating: "[", count: 1_000_000), [400, 413]),
                ("\"" + String(repeating: "x", count: 64 << 20) + "\"", [413]),
            ] {
                let started = ContinuousClock.now
                // A server that has refused a body need not read it: then the client may only see that it hung up.
                let answer = try? await api.connected { try await $0.send(.post, "/api/auth/login", body) }
                if let answer { #expect(statuses.contains(answer.status.code)) }
                #expect(started.duration(to: .now) < .seconds(590))
            }
            #expect(try await api.send(.get, "/health").status == .ok)
        }
    }

    @Test func `zip bomb: no route takes a compressed body`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUpAdmin()
            for route in api.routes where [.post, .put, .patch].contains(route.method) {
                let path = route.path.replacing(/[:{]\w+}?|\*\*/, with: UUID().uuidString.lowercased())
                for coding in ["gzip", "deflate", "br", "gzip, identity"] {
                    let answer = try await api.send(
                        route.method, path, token: token, headers: [.contentEncoding: coding],
                        bytes: [0x1F, 0x8B, 8, 0])
                    #expect(
                        (answer.status, answer.code) == (.unsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE"), "\(path)")
                    #expect(answer.headers[.acceptEncoding] == "identity")
                }
            }
        }
    }

    @Test func `a parameter that is there twice, or is no text, is refused, and an unknown one passed over`()
        async throws
    {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for (query, field) in [
                ("limit=1&limit=2", "limit"), ("limit=1&l%69mit=2", "limit"), ("cursor=%ff", "cursor"),
                ("cursor=a%00b", "cursor"), ("cursor=%zz", "cursor"),
            ] {
                let answer = try await api.send(.get, "/api/samples?\(query)", token: token)
                #expect((answer.status, answer.error["field"] as? String) == (.badRequest, field), "\(query)")
            }
            #expect(try await api.send(.get, "/api/samples?utm_source=x&limit=3&x=1&x=2", token: token).status == .ok)
        }
    }
}
