import Crypto
import Foundation
import Storage
import StorageTestKit
import StrictJSON
import Testing

@testable import Auth

/// What is different with Apple: a client secret that is a token, and an answer that is posted.
@Suite struct AppleSignInTests {
    private let pem = P256.Signing.PrivateKey().pemRepresentation

    private func key() throws -> SigningKey { try SigningKey(id: "ABC123DEFG", algorithm: .es256, pem: pem) }

    @Test func `Apple is asked for name and address, and to post its answer`() throws {
        let apple = try OpenIDProvider.apple(clientID: "com.umbrella.app", team: "TEAM123456", key: try key())
        #expect(apple.issuer == "https://appleid.apple.com" && apple.scopes == ["openid", "name", "email"])
        #expect(apple.answerMode == .form && apple.label == "Apple")
        let google = try OpenIDProvider.google(clientID: "g", secret: .random())
        #expect(google.issuer == "https://accounts.google.com" && google.scopes == ["openid", "email", "profile"])
        #expect(throws: OpenIDProviderFlaw.secret) {
            try OpenIDProvider.apple(clientID: "c", team: "T", key: .random(.eddsa, id: "k"))
        }
    }

    @Test func `the client secret is a short-lived token, made afresh for each exchange`() async throws {
        let bench = try await OpenIDBench(secret: .signed(team: "TEAM123456", key: try key()))
        bench.provider.script { $0.discovery["token_endpoint_auth_methods_supported"] = ["client_secret_post"] }
        _ = try await bench.arrive()
        bench.clock.advance(by: .seconds(1))
        _ = try await bench.arrive()
        let secrets = try bench.provider.requests.map { request in
            try #require(FormFields.decode(String(decoding: request.form.bytes, as: UTF8.self))?["client_secret"])
        }
        #expect(Set(secrets).count == 2)
        let token = try CompactJWS(secrets[0])
        try token.check(with: try key().verification)
        #expect(token.keyID == "ABC123DEFG" && token.algorithm == .es256)
        let claims = try #require(JSONObject(reading: token.payload))
        #expect(claims["iss"]?.string == "TEAM123456" && claims["sub"]?.string == "waxwing-1")
        #expect(claims["aud"]?.string == "https://id.example")
        let (issued, expires) = (try #require(claims["iat"]?.timestamp), try #require(claims["exp"]?.timestamp))
        #expect(expires - issued == .seconds(300))
    }

    @Test func `a posted answer comes with a cookie that other sites' forms bring along`() async throws {
        let bench = try await OpenIDBench(answerMode: .form)
        let header = try await bench.openID.begin("example").cookie.headerValue
        #expect(header.hasPrefix("__Host-waxwing_openid_form="))
        #expect(header.hasSuffix("; HttpOnly; Secure; SameSite=None"))
        let browser = try await bench.begin()
        #expect(browser.question["response_mode"] == "form_post")
        _ = try await bench.finish(bench.answer(browser, mode: .form), in: browser)
        let other = try await bench.begin()
        let answer = try bench.answer(other, mode: .query)
        await #expect(throws: AuthError.openID(.answer)) { try await bench.finish(answer, in: other) }
    }

    @Test func `the name comes once, outside the token, and the address there is nothing`() async throws {
        let bench = try await OpenIDBench(answerMode: .form)
        bench.provider.script { $0.claims["name"] = NSNull() }
        let browser = try await bench.begin()
        let user = #"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"evil@example.com"}"#
        let arrival = try await bench.finish(bench.answer(browser, ["user": user], mode: .form), in: browser)
        #expect(arrival.identity.name?.text == "Ada Lovelace")
        #expect(arrival.identity.email?.text == "ada@example.com")
    }

    @Test(arguments: ["", "{", "[]", #"{"name":"Ada"}"#, #"{"name":{}}"#, #"{"name":{"firstName":"A\u0000"}}"#])
    func `a name that cannot be read is none`(user: String) async throws {
        let form = FormFields.encode([("state", "s"), ("code", "c"), ("user", user)])
        #expect(try OpenIDAnswer(form, mode: .form).name == nil)
    }

    @Test func `neither key nor secret is printed`() throws {
        let apple = try OpenIDProvider.apple(clientID: "c", team: "T", key: try key())
        let google = try OpenIDProvider.google(clientID: "g", secret: Secret(Array("canary-secret".utf8)))
        var dumped = "\(apple) \(google)"
        dump(apple, to: &dumped)
        dump(google, to: &dumped)
        let scalar = Base64URL.encode(try key().secret.bytes)
        #expect(!dumped.contains("canary") && !dumped.contains(scalar))
    }
}
