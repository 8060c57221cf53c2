import Addresses
import Auth
import Storage

/// How a service speaks with Stripe.
public struct StripeSettings: Sendable {
    public static let standardBase = "https://api.stripe.com"

    /// `sk_…`, or a restricted key (`rk_…`).
    let secretKey: Secret
    /// What webhooks are signed with: more than one while they are changed over.
    public let webhookSecrets: [Secret]
    /// Without a last `/`.
    public let apiBase: String

    /// Whether nobody pays: the key is one for tests.
    public var isTest: Bool { String(decoding: secretKey.bytes.prefix(8), as: UTF8.self).hasSuffix("_test_") }

    /// - Parameter apiBase: `https`, or `http` to this machine, which the client's policy must allow too.
    /// - Throws: ``StripeSettingsFlaw``.
    public init(
        secretKey: Secret, webhookSecrets: [Secret], apiBase: String = StripeSettings.standardBase
    ) throws(StripeSettingsFlaw) {
        let prefixes = ["sk_", "rk_"]
        guard (8...255).contains(secretKey.bytes.count), secretKey.bytes.isVisibleASCII,
            prefixes.contains(where: { secretKey.bytes.starts(with: $0.utf8) })
        else { throw .secretKey }
        guard webhookSecrets.allSatisfy({ !$0.bytes.isEmpty }) else { throw .webhookSecret }
        (self.secretKey, self.webhookSecrets) = (secretKey, webhookSecrets)
        self.apiBase = try Self.base(apiBase)
    }

    private static func base(_ text: String) throws(StripeSettingsFlaw) -> String {
        guard let url = try? OutboundURL(text), url.target == "/", !text.contains("?"), !text.contains("#") else {
            throw .apiBase
        }
        switch (url.scheme, url.host) {
        case (.https, _), (.http, .name("localhost")): return url.origin
        case (.http, .address(let address)) where address.use == .loopback: return url.origin
        case (.http, _): throw .plainHTTP
        }
    }
}

/// What is wrong with the settings: a mistake of the operator, found at start.
public enum StripeSettingsFlaw: Error, Equatable, Sendable {
    case secretKey, webhookSecret, apiBase, plainHTTP
}

extension StripeSettingsFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .secretKey: "Stripe's secret key begins with 'sk_' or 'rk_': copy it from the dashboard's page 'API keys'"
        case .webhookSecret: "a webhook secret is empty: copy it ('whsec_…') from the endpoint's page in the dashboard"
        case .apiBase: "Stripe's address must be like '\(StripeSettings.standardBase)', without a path"
        case .plainHTTP: "Stripe's address may be http only on this machine: use https"
        }
    }
}
