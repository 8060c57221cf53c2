import Billing
import Storage

/// How a service takes money; chosen by whoever starts it.
public struct PaymentOptions: Sendable {
    public enum Way: Sendable {
        /// - Parameter webhookSecrets: what the provider signs its webhooks with; several while one is being replaced.
        case provider(any PaymentProvider, webhookSecrets: [String])
        /// Nobody pays: for development alone, as everybody could have every plan.
        case development
    }

    public let way: Way
    /// `https://sounds.example.com`, where the provider sends browsers back to; nil for wherever a client reached the service.
    public let site: String?

    public init(_ way: Way, site: String? = nil) {
        (self.way, self.site) = (way, site)
    }
}
