import Auth
import Foundation
import Jobs
import Logging
import Storage
import WaxwingProviders
import WaxwingService

/// How people and programs sign in, as the environment says it.
struct SignInSettings {
    var registration = Registration.open
    var allowlist = EmailAllowlist.everybody
    var mail: MailSettings?
    var providers: [OpenIDProvider] = []
    var linksByEmail = false
    var issuers: [ForeignIssuer] = []
    var access: CloudflareAccess?
    var bypass: DevelopmentPermit?
    /// Where clients reach the server; with links in mails or providers it must be known.
    private var publicURL: String?

    /// - Parameters:
    ///   - host: which the server listens on.
    ///   - publicURL: as `WAXWING_URL` says it.
    /// - Throws: ``StartError`` and ``SettingsError``; never with a secret.
    init(_ environment: [String: String], host: String, publicURL: String?) throws {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        func flag(_ name: String) throws -> Bool {
            switch value(name) {
            case nil, "off": return false
            case "on": return true
            case let other?: throw SettingsError(name: name, value: other, expected: "'on' or 'off'")
            }
        }
        self.publicURL = publicURL
        mail = try MailSettings(url: value("WAXWING_SMTP_URL"), from: value("WAXWING_MAIL_FROM"))
        registration = try Self.registration(
            value("WAXWING_REGISTRATION"), requiresVerifiedEmail: flag("WAXWING_VERIFY_EMAIL"))
        allowlist = try Self.named("WAXWING_ALLOWED_EMAILS") {
            try EmailAllowlist(value("WAXWING_ALLOWED_EMAILS") ?? "")
        }
        providers = try value("WAXWING_OPENID_PROVIDERS").map { try OpenIDProvider.list($0) } ?? []
        linksByEmail = try flag("WAXWING_OPENID_LINK_EMAILS")
        issuers = try value("WAXWING_JWT_ISSUERS").map { try ForeignIssuer.list($0) } ?? []
        access = try Self.access(team: value("WAXWING_ACCESS_TEAM"), audience: value("WAXWING_ACCESS_AUDIENCE"))
        if try flag("WAXWING_BYPASS_AUTH") {
            bypass = try Self.named("WAXWING_BYPASS_AUTH") {
                try DevelopmentPermit(environment: value("WAXWING_ENVIRONMENT"), listeningOn: [host])
            }
        }
        try check()
        if bypass != nil, publicURL != nil || value("WAXWING_TRUSTED_PROXIES") != nil {
            throw StartError(
                "WAXWING_BYPASS_AUTH is on, and WAXWING_URL or WAXWING_TRUSTED_PROXIES says that others reach the server: "
                    + "turn it off, or unset them")
        }
    }

    /// Where one setting needs another.
    private func check() throws {
        if registration.requiresVerifiedEmail, mail == nil {
            throw StartError(
                "WAXWING_VERIFY_EMAIL is on, but no mail can be sent: set WAXWING_SMTP_URL and WAXWING_MAIL_FROM")
        }
        guard publicURL == nil else { return }
        if mail != nil {
            throw StartError("WAXWING_SMTP_URL needs WAXWING_URL: links in mails lead there")
        }
        if !providers.isEmpty {
            throw StartError(
                "WAXWING_OPENID_PROVIDERS needs WAXWING_URL: providers send browsers back to /auth/callback/… below it")
        }
    }

    /// A line for whoever has just started a server.
    func nextStep(at address: String) -> String {
        if bypass != nil { return "WARNING: \(DevelopmentBypass.warning)" }
        let first = "'waxwing users create you@example.com --admin' makes the first administrator"
        return registration.policy == .open ? "Next: open \(address)/register; \(first)" : "Next: \(first)"
    }

    /// - Parameter logger: is told what mail servers refuse.
    func options(logger: Logger) throws -> SignInOptions {
        var options = SignInOptions()
        (options.registration, options.allowlist) = (registration, allowlist)
        (options.linksByEmail, options.issuers) = (linksByEmail, issuers)
        (options.access, options.bypass) = (access, bypass)
        let http = try OutboundHTTP(policy: OutboundPolicy(allowed: Self.ownHosts(providers, issuers)), logger: logger)
        options.fetcher = OutboundKeySets(http)
        if let mail, let publicURL {
            options.mail = .init(
                AccountLetters(from: mail.from, site: publicURL), by: try mail.sender(logger: logger))
        }
        if !providers.isEmpty, let publicURL {
            options.openID = .init(providers, callback: "\(publicURL)/auth/callback", by: OutboundOpenID(http))
        }
        return options
    }

    /// What the operator names may be on this machine or in a private network; nothing else is reached there.
    private static func ownHosts(_ providers: [OpenIDProvider], _ issuers: [ForeignIssuer]) -> [AllowedHost] {
        let urls = providers.map(\.issuer) + issuers.compactMap { if case .url(let url) = $0.keys { url } else { nil } }
        return urls.compactMap { text in
            guard let url = URLComponents(string: text), let host = url.host else { return nil }
            return try? AllowedHost("\(host):\(url.port ?? (url.scheme == "http" ? 80 : 443))")
        }
    }

    private static func registration(_ text: String?, requiresVerifiedEmail: Bool) throws -> Registration {
        let known = Registration.Policy.allCases.map(\.rawValue)
        guard let policy = Registration.Policy(rawValue: text ?? Registration.Policy.open.rawValue) else {
            throw SettingsError(
                name: "WAXWING_REGISTRATION", value: text ?? "", expected: "one of " + known.joined(separator: ", "))
        }
        return Registration(policy, requiresVerifiedEmail: requiresVerifiedEmail)
    }

    private static func access(team: String?, audience: String?) throws -> CloudflareAccess? {
        switch (team, audience) {
        case (nil, nil): return nil
        case (let team?, let audience?):
            return try named("WAXWING_ACCESS_TEAM, WAXWING_ACCESS_AUDIENCE") {
                try CloudflareAccess(team: team, audience: audience)
            }
        default: throw StartError("WAXWING_ACCESS_TEAM and WAXWING_ACCESS_AUDIENCE go together: set both, or none")
        }
    }

    /// Says which variable it was.
    static func named<Value>(_ name: String, _ work: () throws -> Value) throws -> Value {
        do { return try work() } catch { throw StartError("\(name): \(error)") }
    }
}
