import Auth
import Jobs

/// Who may be here, and how they show it.
enum PeopleSetting {
    static let registration = Setting<Registration.Policy>(
        choice: "WAXWING_REGISTRATION", standard: "`open`",
        """
        Who may make an account: anybody; `invitation`: who was invited; `closed`: nobody. `waxwing users create` always does.
        """)
    static let verifyEmail = Setting(
        switch: "WAXWING_VERIFY_EMAIL", "`on`: addresses are confirmed by mail before anybody signs in with a password."
    )
    static let allowed = Setting(
        "WAXWING_ALLOWED_EMAILS", standard: "everybody",
        "`ada@example.com, @example.org`: the people who may be here at all, asked at every request."
    ) { text in
        try SignInSettings.named("WAXWING_ALLOWED_EMAILS") { try EmailAllowlist(text) }
    }
    static let mailServer = Setting(
        "WAXWING_SMTP_URL", standard: "no mail", isSecret: true,
        """
        `smtps://user:password@host`, `smtp://…` (STARTTLS) or `smtp+plain://127.0.0.1:25`. With `WAXWING_MAIL_FROM` and \
        `WAXWING_URL`.
        """)
    static let mailFrom = Setting("WAXWING_MAIL_FROM", "`Sounds <sounds@example.com>`: whom mail comes from.")
    static let providers = Setting(
        "WAXWING_OPENID_PROVIDERS", standard: "none", isSecret: true,
        """
        Google, Apple and other providers of OpenID Connect, a JSON list: [how](Docs/SignIn.md#providers-openid-connect). \
        With `WAXWING_URL`.
        """
    ) { try OpenIDProvider.list($0) }
    static let linksByEmail = Setting(
        switch: "WAXWING_OPENID_LINK_EMAILS",
        "`on`: who comes from a provider gets the account with the same address, if both sides have confirmed it.")
    static let accessTeam = Setting(
        "WAXWING_ACCESS_TEAM", "Cloudflare Access in front: `example.cloudflareaccess.com`.")
    static let accessAudience = Setting("WAXWING_ACCESS_AUDIENCE", "Beside it: the application's AUD tag.")
    static let issuers = Setting(
        "WAXWING_JWT_ISSUERS", standard: "none", isSecret: true,
        """
        Services that sign in with tokens of their own, a JSON list: [how](Docs/SignIn.md#services-with-tokens-of-their-own).
        """
    ) { try ForeignIssuer.list($0) }
    static let jwtSecret = Setting(
        "JWT_SECRET", isSecret: true,
        "32 bytes or more: signs access tokens (HS256) instead of a key that `waxwing keys rotate` changes."
    ) { text in
        let secret = Secret(Array(text.utf8))
        guard secret.bytes.count >= 32 else {
            throw StartError(
                "JWT_SECRET is shorter than 32 bytes: make one as by 'openssl rand -hex 32', or unset it to sign with the "
                    + "installation's own key")
        }
        return secret
    }
    static let bypass = Setting(
        switch: "WAXWING_BYPASS_AUTH",
        "`on`, with `WAXWING_ENVIRONMENT=development` and on loopback alone: nobody needs to sign in.")

    static let all = [
        registration.about, verifyEmail.about, allowed.about, mailServer.about, mailFrom.about, providers.about,
        linksByEmail.about, accessTeam.about, accessAudience.about, issuers.about, jwtSecret.about, bypass.about,
    ]
}
