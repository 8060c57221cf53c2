import Auth
import Foundation
import HTTPTypes
import Jobs
import LogTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// Where secrets, and what is somebody's own, must not turn up.
@Suite struct SecretLeakTests {
    /// What must not be found anywhere, each with where it comes from.
    private struct Canaries {
        var secrets: [(name: String, text: String)] = []

        mutating func add(_ name: String, _ text: String?) throws {
            secrets.append((name, try #require(text)))
        }

        func expectNone(in texts: [String], _ place: String) {
            for (name, secret) in secrets {
                #expect(!texts.contains { $0.contains(secret) }, "\(name) is in \(place)")
            }
        }
    }

    @Test func `secrets in logs: no password, token, cookie, key or link is in a line, a metric or an error`()
        async throws
    {
        let (letterbox, log) = (Letterbox(), LogCollector())
        try await TestAPI.run(signIn: letterbox.options(), logger: log.logger) { api in
            var canaries = Canaries()
            var errors: [String] = []
            let json = { (fields: String) in "{\"email\": \"ada@example.com\", \(fields)}" }
            for name in ["first", "wrong", "second", "third", "stray"] {
                try canaries.add("the \(name) password", "canary-\(name)-pass")
            }
            func refused(_ answer: Answer) {
                #expect(answer.status.code >= 400)
                errors.append(answer.text + answer.headers.map { "\($0)" }.joined())
            }

            _ = try await api.send(.post, "/api/auth/register", json(#""password": "canary-first-pass""#))
            refused(try await api.send(.post, "/api/auth/register", json(#""password": "canary-first-pass""#)))
            refused(try await api.send(.post, "/api/auth/login", json(#""password": "canary-wrong-pass""#)))
            refused(try await api.send(.post, "/api/auth/login", json(#""password": ["canary-stray-pass"]"#)))
            refused(try await api.send(.post, "/api/auth/login", json(#""password": "canary-stray-pass"#)))
            refused(try await api.send(.post, "/api/nothing?password=canary-stray-pass"))
            let login = try await api.send(.post, "/api/auth/login", json(#""password": "canary-first-pass""#))
            let access = try #require(login.data["access_token"] as? String)
            let refresh = try #require(login.data["refresh_token"] as? String)
            try canaries.add("an access token", access.split(separator: ".").last.map(String.init))
            try canaries.add("a refresh token", refresh)
            let fresh = try await api.send(.post, "/api/auth/refresh", #"{"refresh_token": "\#(refresh)"}"#)
            try canaries.add("the next refresh token", fresh.data["refresh_token"] as? String)
            refused(try await api.send(.post, "/api/auth/refresh", #"{"refresh_token": "\#(refresh)x"}"#))
            refused(try await api.send(.get, "/api/user", token: access + "x"))
            refused(try await api.send(.get, "/api/user?access_token=\(access)"))

            let browser = try await api.send(
                .post, "/api/auth/session", headers: [.origin: "http://localhost"],
                json(#""password": "canary-first-pass""#))
            let cookie = try #require(browser.cookie)
            try canaries.add("a cookie", cookie.split(separator: ".").last.map(String.init))
            _ = try await api.send(.get, "/", headers: [.cookie: cookie])
            refused(try await api.send(.get, "/api/user", headers: [.cookie: cookie + "x"]))
            refused(try await api.send(.post, "/api/auth/logout", headers: [.cookie: cookie]))

            let made = try await api.send(.post, "/api/auth/keys", token: access, #"{"name": "laptop"}"#)
            let key = try #require(made.data["key"] as? String)
            try canaries.add("an API key", String(key.suffix(24)))
            _ = try await api.send(.get, "/api/user", headers: [.apiKey: key])
            refused(try await api.send(.get, "/api/user", headers: [.apiKey: key + "x"]))
            refused(try await api.send(.get, "/api/user?api_key=\(key)"))

            for path in ["/api/auth/verify/request", "/api/auth/reset/request"] {
                _ = try await api.send(.post, path, #"{"email": "ada@example.com"}"#)
                await api.runJobs()
                let link = try letterbox.token(to: "ada@example.com")
                try canaries.add("a mailed link", link)
                refused(
                    try await api.send(
                        .post, "/api/auth/invitation", #"{"token": "\#(link)", "password": "canary-second-pass"}"#))
                for page in ["/verify", "/reset", "/invitation"] {
                    _ = try await api.send(.get, "\(page)?token=\(link)")
                }
                _ = try await api.send(
                    .post, "/api/auth/verify", #"{"token": "\#(link)", "password": "canary-first-pass"}"#)
                _ = try await api.send(
                    .post, "/api/auth/reset", #"{"token": "\#(link)", "password": "canary-second-pass"}"#)
            }
            await api.runJobs()
            let again = try await api.send(.post, "/api/auth/login", json(#""password": "canary-second-pass""#))
            let token = try #require(again.data["access_token"] as? String)
            let change = #"{"current": "canary-second-pass", "new": "canary-third-pass"}"#
            let changed = try await api.send(.put, "/api/user/password", token: token, change)
            #expect(changed.status == .ok)
            let last = try #require(changed.data["access_token"] as? String)
            refused(try await api.send(.delete, "/api/user", token: last, #"{"password": "canary-wrong-pass"}"#))
            _ = try await api.send(.get, "/auth/callback/google?code=canary-stray-pass&state=canary-stray-pass")

            let audit = try await api.send(.get, "/api/user/audit?limit=200", token: last)
            #expect(audit.list.count > 5)
            let export = try await api.send(.get, "/api/user/export", token: last)
            let metrics = try await api.send(.get, "/api/metrics")
            #expect(log.lines.count > 20)
            canaries.expectNone(in: log.lines, "the log")
            canaries.expectNone(in: errors, "an error")
            canaries.expectNone(in: [audit.text], "the audit log")
            canaries.expectNone(in: [export.text], "the export")
            canaries.expectNone(in: [metrics.text], "the metrics")
        }
        #expect(log.errors == [])
    }

    @Test func `secrets in logs: no signature of a link and no token of metrics is in a line, a metric or an error`()
        async throws
    {
        let log = LogCollector()
        try await TestAPI.run(metricsToken: "canary-metrics-token", logger: log.logger) { api in
            var canaries = Canaries()
            var errors: [String] = []
            try canaries.add("the token of metrics", "canary-metrics-token")
            let token = try await api.signUp()
            let sound = Sound.clicks()
            let begun = try await api.send(
                .post, "/api/uploads", token: token,
                #"{"filename": "a.wav", "size": \#(sound.count), "content_type": "audio/wav"}"#)
            let put = try path((begun.data["links"] as? [[String: Any]])?.first?["url"])
            try canaries.add("the signature of a link to write", put.split(separator: "grant=").last.map(String.init))
            // Refused first, then taken, then refused once more.
            for (path, type) in [
                (put, "text/html"), (put + "A", "audio/wav"), (put, "audio/wav"), (put, "audio/wav"),
            ] {
                let answer = try await api.send(.put, path, headers: [.contentType: type], bytes: sound)
                if answer.status.code >= 400 { errors.append(answer.text + answer.headers.map { "\($0)" }.joined()) }
            }
            #expect(errors.count == 3)
            let id = try #require(begun.data["upload_id"] as? String)
            #expect(try await api.send(.post, "/api/uploads/\(id)/confirm", token: token).status == .accepted)
            await api.runJobs()
            let sample = try #require(
                try await api.send(.get, "/api/samples", token: token).list.first?["id"] as? String)
            let get = try path(try await api.send(.get, "/api/samples/\(sample)/link", token: token).data["url"])
            try canaries.add("the signature of a link to read", get.split(separator: "grant=").last.map(String.init))
            #expect(try await api.send(.get, get).status == .ok)
            for path in [get + "A", get.replacing("grant=", with: "grant=A"), "/objects/none?" + get] {
                let answer = try await api.send(.get, path)
                #expect(answer.status.code >= 400)
                errors.append(answer.text + answer.headers.map { "\($0)" }.joined())
            }
            let metrics = try await api.send(
                .get, "/api/metrics", headers: [.authorization: "Bearer canary-metrics-token"])
            #expect(metrics.status == .ok)
            let elsewhere = try await api.send(.get, "/api/metrics?token=canary-metrics-token")
            errors.append(elsewhere.status == .ok ? "" : elsewhere.text)
            #expect(log.lines.count > 10)
            canaries.expectNone(in: log.lines, "the log")
            canaries.expectNone(in: errors, "an error")
            canaries.expectNone(in: [metrics.text], "the metrics")
        }
    }

    /// Path and query of an address.
    private func path(_ url: Any?) throws -> String {
        let url = try #require((url as? String).flatMap(URLComponents.init(string:)))
        return "\(url.percentEncodedPath)?\(url.percentEncodedQuery ?? "")"
    }

    @Test func `host header: mails, redirects and pages lead to the configured site, whatever a request says`()
        async throws
    {
        let letterbox = Letterbox()
        try await TestAPI.run(
            publicURL: "https://sounds.example.com", signIn: letterbox.options()
        ) { api in
            let evil: HTTPFields = [
                .named("Host"): "evil.example", .named("X-Forwarded-Host"): "evil.example",
                .named("Forwarded"): "host=evil.example", .origin: "https://sounds.example.com",
            ]
            let form = #"{"email": "ada@example.com", "password": "correct horse 9"}"#
            #expect(try await api.send(.post, "/api/auth/register", headers: evil, form).status == .created)
            for path in ["/api/auth/verify/request", "/api/auth/reset/request"] {
                let asked = try await api.send(.post, path, headers: evil, #"{"email": "ada@example.com"}"#)
                #expect(asked.status == .accepted)
            }
            await api.runJobs()
            #expect(letterbox.mails.count == 2)
            for mail in letterbox.mails {
                #expect(mail.text.contains("https://sounds.example.com/") && !"\(mail)".contains("evil.example"))
            }
            for path in ["/", "/signin", "/register", "/forgot", "/reset?token=x", "/auth/login/google"] {
                let answer = try await api.send(.get, path, headers: evil)
                #expect(!answer.text.contains("evil") && !answer.headers.contains { $0.value.contains("evil") })
            }
            // A page under another name of this server is no page of the service.
            var foreign = evil
            foreign[.origin] = "https://evil.example"
            #expect(try await api.send(.post, "/api/auth/session", headers: foreign, form).status == .forbidden)
        }
    }

    @Test func `cache: what is somebody's own is kept by nobody in between`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUpAdmin()
            let cookie = try await api.signInBrowser("root@example.com")
            let reading = api.finite.filter {
                $0.method == .get && $0.access != .published && !$0.path.contains("**")
            }
            #expect(reading.count > 15)
            for route in reading {
                let path = route.path.replacing(/[:{]\w+}?/, with: UUID().uuidString.lowercased())
                for headers: HTTPFields in [[.authorization: "Bearer \(token)"], [.cookie: cookie], [:]] {
                    let answer = try await api.send(.get, path, headers: headers)
                    #expect(answer.headers[.cacheControl] == "no-store", "\(path): \(answer.status)")
                }
            }
            let signedIn = try await api.send(
                .post, "/api/auth/login", #"{"email": "root@example.com", "password": "correct horse 9"}"#)
            #expect(signedIn.headers[.cacheControl] == "no-store")
            // The bytes of a file of one's own may be kept by one's own browser.
            #expect(try await api.upload(Sound.clicks(), token: token).status == .accepted)
            await api.runJobs()
            let samples = try await api.send(.get, "/api/samples", token: token)
            let id = try #require(samples.list.first?["id"] as? String)
            let audio = try await api.send(.get, "/api/samples/\(id)/audio", token: token)
            #expect(audio.status == .ok && audio.headers[.cacheControl]?.hasPrefix("private") == true)
        }
    }

    @Test func `user enumeration: signing up, in and asking for mail tell nothing of who is there`() async throws {
        let letterbox = Letterbox()
        let options = try letterbox.options { $0.registration = Registration(.open, requiresVerifiedEmail: true) }
        try await TestAPI.run(signIn: options) { api in
            _ = try await api.useCases.accountOperation.create(
                email: "ada@example.com", name: nil, role: .user, password: "correct horse 9")
            for (path, fields) in [
                ("/api/auth/register", #", "password": "correct horse 9""#), ("/api/auth/reset/request", ""),
                ("/api/auth/verify/request", ""), ("/api/auth/login", #", "password": "wrong horse 9""#),
                ("/api/auth/session", #", "password": "wrong horse 9""#),
            ] {
                var seen = Set<String>()
                for email in ["ada@example.com", "eve@example.com"] {
                    let answer = try await api.send(.post, path, #"{"email": "\#(email)"\#(fields)}"#)
                    seen.insert(answer.said)
                }
                #expect(seen.count == 1, "\(path)")
            }
            // Links and invitations that are not good have one answer too, whatever was wrong with them.
            for path in ["/api/auth/verify", "/api/auth/reset", "/api/auth/invitation"] {
                var seen = Set<String>()
                for token in ["", "x", String(repeating: "A", count: 43)] {
                    let answer = try await api.send(
                        .post, path, #"{"token": "\#(token)", "password": "correct horse 9"}"#)
                    seen.insert(answer.said)
                }
                #expect(seen.count == 1, "\(path)")
            }
        }
    }
}
