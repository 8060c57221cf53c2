import Auth
import Jobs

/// How people and programs sign in, and become accounts; chosen by whoever starts the service.
public struct SignInOptions: Sendable {
    public var registration = Registration.open
    /// Who may be here at all; asked at every request.
    public var allowlist = EmailAllowlist.everybody
    /// Mails about accounts, and who sends them; nil for a service without.
    public var mail: Mail?
    /// Providers of OpenID Connect; nil for none.
    public var openID: OpenID?
    /// Whether who signs in at a provider gets the account that has the same address, verified on both sides.
    public var linksByEmail = false
    /// Services that sign in with tokens of their own.
    public var issuers: [ForeignIssuer] = []
    /// Cloudflare Access in front of the service.
    public var access: CloudflareAccess?
    /// How keys of issuers and of Access are fetched.
    public var fetcher: (any KeySetFetcher)?
    /// Whether nobody needs to sign in: for development.
    public var bypass: DevelopmentPermit?

    public init() {}

    public struct Mail: Sendable {
        let letters: AccountLetters
        let sender: any MailSender

        public init(_ letters: AccountLetters, by sender: any MailSender) {
            (self.letters, self.sender) = (letters, sender)
        }
    }

    public struct OpenID: Sendable {
        let providers: [OpenIDProvider]
        let callback: String
        let transport: any OpenIDTransport

        /// - Parameter callback: from the configuration, as `https://sounds.example.com/auth/callback`.
        public init(_ providers: [OpenIDProvider], callback: String, by transport: any OpenIDTransport) {
            (self.providers, self.callback, self.transport) = (providers, callback, transport)
        }
    }
}
