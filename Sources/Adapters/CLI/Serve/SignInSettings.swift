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
    init(_ reader: inout SettingReader, host: String, publicURL: String?) {
        self.publicURL = publicURL
        mail = MailSettings(&reader)
        registration = Registration(
            reader.read(PeopleSetting.registration) ?? .open,
            requiresVerifiedEmail: reader.read(PeopleSetting.verifyEmail) ?? false)
        allowlist = reader.read(PeopleSetting.allowed) ?? allowlist
        providers = reader.read(PeopleSetting.providers) ?? []
        linksByEmail = reader.read(PeopleSetting.linksByEmail) ?? false
        issuers = reader.read(PeopleSetting.issuers) ?? []
        let (team, audience) = (reader.read(PeopleSetting.accessTeam), reader.read(PeopleSetting.accessAudience))
        access = reader.attempt { try Self.access(team: team, audience: audience) } ?? nil
        if reader.read(PeopleSetting.bypass) ?? false {
            let environment = reader.read(ProcessSetting.environment)?.rawValue
            bypass = reader.attempt {
                try Self.named("WAXWING_BYPASS_AUTH") {
                    try DevelopmentPermit(environment: environment, listeningOn: [host])
                }
            }
        }
        check(&reader)
    }

    /// Where one setting needs another, or must not stand beside it. One that is there and wrong has been noted.
    private func check(_ reader: inout SettingReader) {
        let (hasURL, hasMail) = (reader.isSet(ServerSetting.url), reader.isSet(PeopleSetting.mailServer))
        if registration.requiresVerifiedEmail, !hasMail {
            reader.note(
                "WAXWING_VERIFY_EMAIL is on, but no mail can be sent: set WAXWING_SMTP_URL and WAXWING_MAIL_FROM")
        }
        if mail != nil, !hasURL {
            reader.note("WAXWING_SMTP_URL needs WAXWING_URL: links in mails lead there")
        }
        if !providers.isEmpty, !hasURL {
            reader.note(
                "WAXWING_OPENID_PROVIDERS needs WAXWING_URL: providers send browsers back to /auth/callback/… below it")
        }
        if bypass != nil, hasURL || reader.isSet(ServerSetting.proxies) {
            reader.note(
                "WAXWING_BYPASS_AUTH is on, and WAXWING_URL or WAXWING_TRUSTED_PROXIES says that others reach the server: "
                    + "turn it off, or unset them")
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
        return urls.compactMap(AllowedHost.init(of:))
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

extension AllowedHost {
    /// Where an address leads that the operator has named; nil for what is none.
    init?(of url: String) {
        guard let parts = URLComponents(string: url), let host = parts.host,
            let allowed = try? AllowedHost("\(host):\(parts.port ?? (parts.scheme == "http" ? 80 : 443))")
        else { return nil }
        self = allowed
    }
}
