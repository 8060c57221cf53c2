import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct OpenIDSignInTests {
    @Test func `a browser goes to the provider and comes back as a user with a session`() async throws {
        let bench = try await OpenIDBench()
        let browser = try await bench.begin(next: "/library?page=2")
        #expect(browser.url.hasPrefix("https://id.example/authorize?"))
        let question = browser.question
        #expect(question["response_type"] == "code" && question["client_id"] == "waxwing-1")
        #expect(question["redirect_uri"] == "https://waxwing.example/auth/callback/example")
        #expect(question["scope"] == "openid email profile" && question["code_challenge_method"] == "S256")
        #expect(question["response_mode"] == nil)

        let arrival = try await bench.finish(bench.answer(browser), in: browser)
        #expect(arrival.next.text == "/library?page=2")
        #expect(arrival.identity.issuer == "https://id.example" && arrival.identity.subject == "1001")
        let (user, session) = try await bench.signIn(arrival)
        #expect(user.email.text == "ada@example.com" && user.name?.text == "Ada Lovelace")
        #expect(session.user == user.id)

        let again = try await bench.signIn(bench.arrive())
        #expect(again.user == user && again.session.id != session.id)
    }

    @Test func `state, nonce and challenge are of one sign-in, and long enough`() async throws {
        let bench = try await OpenIDBench()
        let first = try await bench.begin()
        let second = try await bench.begin(in: first)
        #expect(first.cookies == second.cookies, "one cookie for all sign-ins of a browser")
        for field in ["state", "nonce", "code_challenge"] {
            let (a, b) = (try #require(first.question[field]), try #require(second.question[field]))
            #expect(a != b && a.utf8.count >= 36 && b.utf8.count >= 36)
        }
        let other = try await bench.begin()
        #expect(other.cookies != first.cookies)
    }

    @Test func `several sign-ins of one browser do not disturb each other`() async throws {
        let bench = try await OpenIDBench()
        let first = try await bench.begin(next: "/a")
        let second = try await bench.begin(next: "/b", in: first)
        #expect(try await bench.finish(bench.answer(second), in: second).next.text == "/b")
        #expect(try await bench.finish(bench.answer(first), in: second).next.text == "/a")
    }

    @Test func `the cookie is for this host alone, and its secret is nowhere in the database`() async throws {
        let bench = try await OpenIDBench()
        let redirect = try await bench.openID.begin("example")
        let header = redirect.cookie.headerValue
        #expect(header.hasPrefix("__Host-waxwing_openid="))
        #expect(header.hasSuffix("; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"))
        let cookie = try #require(OpenIDCookie(in: [String(header.prefix { $0 != ";" })], for: .query))
        let stored = try await bench.house.everything(in: "openid_flows")
        #expect(!stored.isEmpty && !stored.reveal(cookie.secret.bytes))
        let id = try #require(
            Identifier<OpenIDFlow>(OpenIDBench.Browser(url: redirect.url).question["state"] ?? ""))
        for secret in [cookie.nonce(of: id), cookie.proof(of: id).verifier] {
            #expect(!stored.contains(.text(secret)))
        }
        #expect(!"\(redirect) \(cookie) \(cookie.proof(of: id))".contains(cookie.value))
    }

    @Test func `the code is redeemed with the verifier, the exact address and our secret`() async throws {
        let bench = try await OpenIDBench()
        _ = try await bench.arrive()
        let request = try #require(bench.provider.requests.first)
        #expect(request.url == "https://id.example/token")
        #expect(request.authorization == "Basic \(Data("waxwing-1:s3cret%20of%20ours".utf8).base64EncodedString())")
        let form = try #require(FormFields.decode(String(decoding: request.form.bytes, as: UTF8.self)))
        #expect(form["grant_type"] == "authorization_code")
        #expect(form["redirect_uri"] == "https://waxwing.example/auth/callback/example")
        #expect(form["client_secret"] == nil)
        var dumped = "\(request) \(String(reflecting: request))"
        dump(request, to: &dumped)
        #expect(!dumped.contains(form["code_verifier"] ?? "-") && !dumped.contains("Basic"))
    }

    @Test func `a provider that takes the secret in the form gets it there`() async throws {
        let bench = try await OpenIDBench()
        bench.provider.script { $0.discovery["token_endpoint_auth_methods_supported"] = ["client_secret_post"] }
        _ = try await bench.arrive()
        let request = try #require(bench.provider.requests.first)
        let form = try #require(FormFields.decode(String(decoding: request.form.bytes, as: UTF8.self)))
        #expect(request.authorization == nil)
        #expect(form["client_id"] == "waxwing-1" && form["client_secret"] == "s3cret of ours")
    }

    @Test func `a provider that is not there is named as such, and one that is away says so`() async throws {
        let bench = try await OpenIDBench()
        await #expect(throws: AuthError.openID(.unknownProvider)) { try await bench.openID.begin("Example") }
        bench.provider.script { $0.isDown = true }
        do throws(AuthError) {
            _ = try await bench.begin()
            Issue.record("nobody answered")
        } catch {
            guard case .unavailable = error else { throw error }
        }
    }

    @Test func `what nobody finished is forgotten`() async throws {
        let bench = try await OpenIDBench()
        _ = try await bench.begin()
        #expect(try await bench.openID.removeExpired() == 0)
        bench.clock.advance(by: OpenIDFlows.life)
        #expect(try await bench.openID.removeExpired() == 1)
    }

    @Test func `providers, issuers and the callback address are checked at start`() async throws {
        let house = try await House()
        let provider = try ScriptedProvider(clock: house.clock)
        func make(_ names: [String], issuers: [String], callback: String) throws {
            _ = try OpenIDSignIn(
                zip(names, issuers).map {
                    try OpenIDProvider(name: $0, issuer: $1, clientID: "c", secret: .none)
                }, callback: callback, transport: provider, database: house.database)
        }
        let (a, b) = ("https://a.example", "https://b.example")
        try make(["a", "b"], issuers: [a, b], callback: "http://localhost:8080/auth/callback")
        #expect(throws: OpenIDProviderFlaw.duplicate) { try make(["a", "a"], issuers: [a, b], callback: a) }
        #expect(throws: OpenIDProviderFlaw.duplicate) { try make(["a", "b"], issuers: [a, a], callback: a) }
        for callback in ["http://waxwing.example/cb", "/cb", "https://w.example/cb/", "https://w.example/cb?a=b", ""] {
            #expect(throws: OpenIDProviderFlaw.callback) { try make(["a"], issuers: [a], callback: callback) }
        }
    }
}
