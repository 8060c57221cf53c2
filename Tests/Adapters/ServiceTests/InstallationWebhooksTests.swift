import Auth
import Jobs
import Storage
import StorageTestKit
import Testing
import WaxwingService

@Suite struct InstallationWebhooksTests {
    private let clock = ManualClock()

    @Test func `while keys rotate, a receiver with the last secret and one with the next understand a message`()
        async throws
    {
        let keys = try Keys.random(clock: clock)
        let webhooks = InstallationWebhooks(keys)
        let old = try #require(try await webhooks.secrets(named: "ada").first)
        try await keys.rotate(.webhook)
        clock.advance(by: KeySuccession.propagation)
        let secrets = try await webhooks.secrets(named: "ada")
        #expect(secrets.count == 2 && secrets[1] == old)
        let headers = WebhookSigner(secrets[0], also: [secrets[1]]).sign(id: "m1", body: [1, 2, 3], at: clock.now())
        for secret in secrets {
            #expect(try WebhookVerifier(secret).verify(headers, body: [1, 2, 3], at: clock.now()) == "m1")
        }
        clock.advance(by: KeyUse.webhook.overlap)
        #expect(try await webhooks.secrets(named: "ada") == [secrets[0]])
    }

    @Test func `no receiver can sign to another`() async throws {
        let webhooks = InstallationWebhooks(try Keys.random(clock: clock))
        let (ada, grace) = (try await webhooks.secrets(named: "ada"), try await webhooks.secrets(named: "grace"))
        let headers = WebhookSigner(ada[0]).sign(id: "m1", body: [1], at: clock.now())
        #expect(throws: WebhookRefusal.wrongSignature) {
            try WebhookVerifier(grace[0]).verify(headers, body: [1], at: clock.now())
        }
    }
}
