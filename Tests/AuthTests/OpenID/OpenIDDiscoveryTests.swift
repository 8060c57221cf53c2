import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct OpenIDDiscoveryTests {
    private let clock = ManualClock()

    private func discovery(_ provider: ScriptedProvider) -> OpenIDDiscovery {
        OpenIDDiscovery(provider.issuer, transport: provider, clock: clock)
    }

    private func configuration(
        _ changes: [String: any Sendable], of issuer: String = "https://id.example"
    ) throws
        -> OpenIDConfiguration
    {
        var members: [String: any Sendable] = [
            "issuer": issuer, "authorization_endpoint": "https://id.example/authorize",
            "token_endpoint": "https://id.example/token", "jwks_uri": "https://id.example/keys",
        ]
        members.merge(changes) { $1 }
        let document = try JSONSerialization.data(withJSONObject: members.filter { !($0.value is NSNull) })
        return try OpenIDConfiguration(Array(document), of: issuer)
    }

    @Test func `a document is fetched once a day, and nobody waits for the next`() async throws {
        let provider = try ScriptedProvider(clock: clock)
        let discovery = discovery(provider)
        for _ in 0..<3 { _ = try await discovery.current() }
        clock.advance(by: OpenIDDiscovery.life - .seconds(1))
        _ = try await discovery.current()
        #expect(provider.discoveries == 1)
        clock.advance(by: .seconds(1))
        _ = try await discovery.current()
        await discovery.settle()
        #expect(provider.discoveries == 2)
    }

    @Test func `a provider that is away is asked once a minute, and what it said last goes on`() async throws {
        let provider = try ScriptedProvider(clock: clock)
        let discovery = discovery(provider)
        provider.script { $0.isDown = true }
        for _ in 0..<5 { await #expect(throws: AuthError.self) { try await discovery.current() } }
        #expect(provider.discoveries == 1)
        clock.advance(by: OpenIDDiscovery.cooldown)
        provider.script { $0.isDown = false }
        _ = try await discovery.current()

        provider.script { $0.isDown = true }
        clock.advance(by: OpenIDDiscovery.life)
        for _ in 0..<5 { _ = try await discovery.current() }
        await discovery.settle()
        #expect(provider.discoveries == 3)
        #expect(try await discovery.current().configuration.tokenEndpoint == "https://id.example/token")
    }

    @Test func `many who come first share one fetch`() async throws {
        let provider = try ScriptedProvider(clock: clock)
        let discovery = discovery(provider)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try? await discovery.current() } }
        }
        #expect(provider.discoveries == 1)
    }

    @Test func `the document is the issuer's own, byte by byte`() throws {
        for issuer in ["https://id.example/", "https://ID.example", "https://evil.example", "http://id.example"] {
            #expect(throws: OpenIDConfigurationFlaw.issuer) { try configuration(["issuer": issuer]) }
        }
        #expect(throws: OpenIDConfigurationFlaw.form) { try configuration(["issuer": 1]) }
    }

    @Test func `every endpoint is https, but for an issuer on this machine`() throws {
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            for url in [
                "http://id.example/x", "ftp://id.example/x", "//id.example/x", "https://u:p@id.example/x",
                "http://127.0.0.1/x", "http://localhost/x", "javascript:alert(1)", "https://id.example/x#y", "",
            ] {
                #expect(throws: OpenIDConfigurationFlaw.endpoint, "\(name) \(url)") { try configuration([name: url]) }
            }
            #expect(throws: OpenIDConfigurationFlaw.form) { try configuration([name: NSNull()]) }
        }
        let local = try configuration(
            ["token_endpoint": "http://127.0.0.1:9/t"], of: "http://127.0.0.1:9")
        #expect(local.tokenEndpoint == "http://127.0.0.1:9/t")
    }

    @Test func `a provider without S256, or without a way to show our secret, is not used`() throws {
        #expect(throws: OpenIDConfigurationFlaw.challenge) {
            try configuration(["code_challenge_methods_supported": ["plain"]])
        }
        #expect(throws: OpenIDConfigurationFlaw.clientAuthentication) {
            try configuration(["token_endpoint_auth_methods_supported": ["private_key_jwt"]])
        }
        #expect(try configuration([:]).clientAuthentication == .basic)
        let both = ["token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"]]
        #expect(try configuration(both).clientAuthentication == .basic)
    }

    @Test func `a document that is none, or endless, is refused`() {
        for document in ["", "[]", "{}", "<html>", String(repeating: " ", count: OpenIDConfiguration.longest + 1)] {
            #expect(throws: OpenIDConfigurationFlaw.form) {
                try OpenIDConfiguration(Array(document.utf8), of: "https://id.example")
            }
        }
    }

    @Test(arguments: ["https://id.example", "https://id.example/"])
    func `it lies where the standard says`(issuer: String) {
        #expect(OpenIDConfiguration.url(of: issuer) == "https://id.example/.well-known/openid-configuration")
    }

    @Test func `a provider's description is checked`() {
        func flaw(
            name: String = "example", issuer: String = "https://id.example", client: String = "c",
            scopes: [String] = ["openid"], label: String = "Example"
        ) -> OpenIDProviderFlaw? {
            do throws(OpenIDProviderFlaw) {
                _ = try OpenIDProvider(
                    name: name, issuer: issuer, clientID: client, secret: .none, scopes: scopes, label: label)
                return nil
            } catch {
                return error
            }
        }
        #expect(flaw() == nil)
        for name in ["", "Google", "a/b", "a b", "..", String(repeating: "a", count: 33)] {
            #expect(flaw(name: name) == .name)
        }
        for issuer in ["", "id.example", "http://id.example", "https://id.example?a", "https://id.example#a"] {
            #expect(flaw(issuer: issuer) == .issuer)
        }
        #expect(flaw(client: "") == .clientID && flaw(client: "a b") == .clientID)
        #expect(flaw(scopes: ["email"]) == .scopes && flaw(scopes: ["openid", "a b"]) == .scopes)
        #expect(flaw(label: "") == .label)
    }
}
