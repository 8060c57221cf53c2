import Crypto
import Foundation
import Testing

@testable import Auth

@Suite struct OpenIDProviderConfigurationTests {
    private let google = #"{"name":"google","client_id":"g","client_secret":"canary"}"#

    @Test func `providers are listed in the operator's order`() throws {
        let pem = try #require(
            String(data: JSONEncoder().encode(P256.Signing.PrivateKey().pemRepresentation), encoding: .utf8))
        let apple = #"{"name":"apple","client_id":"a","team_id":"T","key_id":"K","private_key":\#(pem)}"#
        let company =
            #"{"name":"company","issuer":"https://id.company.example","client_id":"c","label":"Company","scopes":"openid email"}"#
        let providers = try OpenIDProvider.list("[\(google),\(apple),\(company)]")
        #expect(providers.map(\.name) == ["google", "apple", "company"])
        #expect(providers.map(\.answerMode) == [.query, .form, .query])
        #expect(providers[2].scopes == ["openid", "email"] && providers[2].label == "Company")
    }

    @Test(arguments: ["", " \n", "[]"])
    func `there may be none`(text: String) throws {
        #expect(try OpenIDProvider.list(text).isEmpty)
    }

    @Test(arguments: [
        ("7", OpenIDProviderFlaw.form), (#"{"name":"google","client_id":7,"client_secret":"s"}"#, .form),
        (#"{"name":"google","client_id":"g"}"#, .secret),
        (#"{"name":"google","client_id":"g","client_secret":"s","issuer":"https://evil.example"}"#, .form),
        (#"{"name":"apple","client_id":"a","team_id":"T","key_id":"K","private_key":"canary"}"#, .secret),
        (#"{"client_id":"c","issuer":"https://id.example"}"#, .name),
        (#"{"name":"x","client_id":"c"}"#, .issuer), (#"{"name":"x","client_id":"","issuer":"https://x"}"#, .clientID),
        (#"{"name":"x","client_id":"c","issuer":"https://x","scopes":"email"}"#, .scopes),
        (#"{"name":"x","client_id":"c","issuer":"https://accounts.google.com"}"#, .duplicate),
        (#"{"name":"google","client_id":"h","client_secret":"s"}"#, .duplicate),
    ])
    func `an entry is refused by its number, and nothing of it is repeated`(entry: String, flaw: OpenIDProviderFlaw) {
        #expect(throws: OpenIDProvidersError.entry(2, flaw)) { try OpenIDProvider.list("[\(google),\(entry)]") }
        #expect(!OpenIDProvidersError.entry(2, flaw).description.contains("canary"))
    }

    @Test(arguments: ["{}", "google", "[", "null"])
    func `what is no list is refused`(text: String) {
        #expect(throws: OpenIDProvidersError.notAList) { try OpenIDProvider.list(text) }
    }
}
