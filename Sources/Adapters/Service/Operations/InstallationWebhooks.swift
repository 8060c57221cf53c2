import Auth
import Jobs

/// Signs webhooks with the installation's keys of the moment: the name that a message carries is the receiver's.
public struct InstallationWebhooks: WebhookSecrets {
    private let keys: Keys

    public init(_ keys: Keys) {
        self.keys = keys
    }

    public func secrets(named name: String) async throws(DeliveryFailure) -> [WebhookSecret] {
        keys.webhookSecrets(named: name).compactMap { WebhookSecret($0.bytes) }
    }
}
