import Auth
import Billing
import Foundation
import Logging
import Storage
import WaxwingProviders
import WaxwingService

/// How the service takes money, as the environment says it.
struct PaymentSettings {
    private enum Way {
        case stripe(StripeSettings, webhookSecrets: [String])
        case development
    }

    private let way: Way
    private let site: String?

    /// - Parameters:
    ///   - host: which the server listens on.
    ///   - publicURL: as `WAXWING_URL` says it.
    /// - Returns: nil for a service that takes none, or where something is wrong; never noted with a secret.
    init?(_ reader: inout SettingReader, host: String, publicURL: String?) {
        site = publicURL
        let (key, hasWay) = (reader.read(PaymentSetting.key), reader.isSet(PaymentSetting.way))
        let secrets = reader.read(PaymentSetting.webhookSecret)
        let base = reader.read(PaymentSetting.base)
        let environment = reader.read(ProcessSetting.environment)
        let isDevelopment = reader.read(PaymentSetting.way) != nil
        let way: Way? =
            switch (key, hasWay) {
            case (nil, false): reader.attempt { try Self.none(secrets) } ?? nil
            case (let key?, false): reader.attempt { try Self.stripe(key, secrets, base: base, publicURL) }
            case (nil, true):
                isDevelopment ? reader.attempt { try Self.development(environment, host) } : nil
            case (.some, true):
                reader.attempt {
                    throw StartError("STRIPE_KEY and WAXWING_PAYMENTS exclude each other: unset one of them")
                }
            }
        guard let way else { return nil }
        self.way = way
    }

    private static func none(_ secrets: String?) throws -> Way? {
        guard secrets == nil else {
            throw StartError("STRIPE_WEBHOOK_SECRET is set, but not STRIPE_KEY: set both, or none")
        }
        return nil
    }

    private static func development(_ environment: ProcessSetting.Environment?, _ host: String) throws -> Way {
        guard (try? DevelopmentPermit(environment: environment?.rawValue, listeningOn: [host])) != nil else {
            throw StartError(
                "WAXWING_PAYMENTS=development gives everybody every plan: unset it, or set WAXWING_ENVIRONMENT=development "
                    + "and listen on 127.0.0.1")
        }
        return .development
    }

    private static func stripe(_ key: String, _ secrets: String?, base: String?, _ publicURL: String?) throws -> Way {
        // Without its webhooks the service would take money and give nothing for it.
        guard let secrets else {
            throw StartError(
                "STRIPE_KEY needs STRIPE_WEBHOOK_SECRET: add the endpoint \(publicURL ?? "https://…")/api/webhook in Stripe's "
                    + "dashboard, and take the secret from there")
        }
        let list = secrets.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        return .stripe(try stripe(key, list, base: base), webhookSecrets: list)
    }

    /// In a few words, without a secret.
    var summary: String {
        switch way {
        case .stripe(let settings, let secrets):
            "Stripe, with \(settings.isTest ? "a key for tests" : "a live key") and \(secrets.count) secrets of its webhooks"
        case .development: "nobody pays: in development, 'waxwing dev billing' plays the provider"
        }
    }

    var isDevelopment: Bool { if case .development = way { true } else { false } }

    /// - Parameter logger: is told what the provider refuses.
    func options(logger: Logger) throws -> PaymentOptions {
        switch way {
        case .stripe(let settings, let secrets):
            let http = try OutboundHTTP(
                policy: OutboundPolicy(allowed: [settings.apiBase].compactMap(AllowedHost.init(of:))), logger: logger)
            return PaymentOptions(
                .provider(StripePayments(settings, http: http, logger: logger), webhookSecrets: secrets), site: site)
        case .development: return PaymentOptions(.development, site: site)
        }
    }

    private static func stripe(_ key: String, _ secrets: [String], base: String?) throws -> StripeSettings {
        try SignInSettings.named("STRIPE_KEY, STRIPE_WEBHOOK_SECRET or STRIPE_API_BASE") {
            try StripeSettings(
                secretKey: Secret(Array(key.utf8)), webhookSecrets: secrets.map { Secret(Array($0.utf8)) },
                apiBase: base ?? StripeSettings.standardBase)
        }
    }
}
