import Storage

/// How many passwords may be tried and mails asked for, and who has tried how many. Right and wrong ones count alike, before they
/// are checked.
///
/// Four bounds, from the narrow to the wide:
/// - of one account from one address, so that a machine cannot guess at it;
/// - of one address, so that it cannot walk through the accounts;
/// - of one account from all *strangers* together, so that a thousand addresses guess no faster than a few. A stranger is
///   an address the account was not signed in from within ``memory``;
/// - past that, a small reserve of the account, from which each stranger may take three tries a day.
///
/// The trade-off: whoever guesses without end uses up what strangers are allowed, and so keeps the right user out of
/// every *new* network meanwhile; never out of the known ones, which that bound leaves alone. The reserve makes it dear: it
/// holds 240 tries a day, so to empty it too takes 80 fresh addresses each day, where a single one may use up the bound.
/// (Dear, not impossible: a /48 of IPv6 has 65,536 times a /64.) Its price is those 240 guesses. Whoever is shut out of a
/// new network all the same gets in by another proof, as a reset by mail, of which ``remember(_:from:)`` is told.
///
/// While the store is down every process counts by itself: a cache that is away neither keeps people out nor opens the
/// door to guessing. Known networks are strangers then.
public struct PasswordAttempts: Sendable {
    public static let standardPerAccount = RateLimit(10, per: .seconds(15 * 60))
    public static let standardRegistrations = RateLimit(20, per: .seconds(15 * 60))
    public static let standardPerMailbox = RateLimit(5, per: .seconds(60 * 60))
    public static let standardPerAddress = RateLimit(100, per: .seconds(15 * 60))
    public static let standardStrangers = RateLimit(30, per: .seconds(3600))
    public static let standardReserve = RateLimit(10, per: .seconds(3600), .tokenBucket(burst: 5))
    /// How long an address is known after a sign-in.
    public static let memory = Duration.seconds(30 * 86_400)

    /// Of one stranger from the reserve of one account.
    private static let fromReserve = RateLimit(3, per: .seconds(86_400))

    private let limiter: RateLimiter
    private let perAccount: RateLimit
    private let perAddress: RateLimit
    private let registrations: RateLimit
    private let perMailbox: RateLimit
    private let strangers: RateLimit
    private let reserve: RateLimit

    /// - Parameters:
    ///   - perAccount: of one account from one address.
    ///   - perAddress: of one address, whatever the account.
    ///   - strangers: of one account, from all addresses that are not known together.
    ///   - reserve: of one account, past `strangers`.
    ///   - registrations: of one address.
    ///   - perMailbox: mails to one account, whoever asks for them.
    public init(
        _ limiter: RateLimiter, perAccount: RateLimit = standardPerAccount, perAddress: RateLimit = standardPerAddress,
        strangers: RateLimit = standardStrangers, reserve: RateLimit = standardReserve,
        registrations: RateLimit = standardRegistrations, perMailbox: RateLimit = standardPerMailbox
    ) {
        (self.limiter, self.perAccount, self.perAddress) = (limiter, perAccount, perAddress)
        (self.strangers, self.reserve) = (strangers, reserve)
        (self.registrations, self.perMailbox) = (registrations, perMailbox)
    }

    /// Notes that `account` was signed in from `address` by its owner, by whatever proof.
    public func remember(_ account: EmailAddress, from address: String) async {
        guard let name = try? Self.known(account, address) else { return }
        try? await limiter.store.put([1], for: name, expiresIn: Self.memory)
    }

    /// What is counted, each kind by itself.
    private enum Kind: String {
        /// Accounts made, each of which costs a hash.
        case registration
        /// Ways to a provider, each of which costs a row.
        case provider
        /// Passwords tried, at sign-in or to confirm something.
        case password
        /// Mails asked for. So many that an address is not flooded.
        case mail
    }

    /// - Parameter account: nil when what was given is no address.
    func count(account: EmailAddress?, from address: String) async throws(AuthError) {
        try await countNarrowly(.password, account, address)
        guard let account, await !isKnown(address, to: account) else { return }
        let verdict = await count("strangers/\(account)", strangers)
        if !verdict.isAllowed { try await takeFromReserve(of: account, for: address, insteadOf: verdict) }
    }

    /// Accounts made from an address.
    func countRegistration(from address: String) async throws(AuthError) {
        try allow(await count("address/\(address)", registrations, .registration))
    }

    /// Browsers that are sent to a provider, from an address.
    public func countRedirect(from address: String) async throws(AuthError) {
        try allow(await count("address/\(address)", perAddress, .provider))
    }

    /// Whether one more mail may go to a mailbox, whoever asks for it. If not, the link of the last one stays good: so
    /// strangers cannot keep anybody from their links, nor fill their mailbox.
    func mayMail(_ account: EmailAddress) async -> Bool {
        await count("mailbox/\(account)", perMailbox, .mail).isAllowed
    }

    /// Mails asked for: no more than passwords tried, of an account from an address and of an address.
    func countMail(account: EmailAddress, from address: String) async throws(AuthError) {
        try await countNarrowly(.mail, account, address)
    }

    private func countNarrowly(
        _ kind: Kind, _ account: EmailAddress?, _ address: String
    ) async throws(AuthError) {
        try allow(await count("address/\(address)", perAddress, kind))
        guard let account else { return }
        // An e-mail address has no space: the two cannot run into each other.
        try allow(await count("account/\(account) \(address)", perAccount, kind))
    }
}

extension PasswordAttempts {
    /// Looks first whether the stranger may take one: else those who may not would empty the reserve.
    private func takeFromReserve(
        of account: EmailAddress, for stranger: String, insteadOf refusal: RateVerdict
    ) async throws(AuthError) {
        let share = "password/share/\(account) \(stranger)"
        guard await limiter.look(at: share, against: Self.fromReserve, whenDown: .countHere).isAllowed else {
            return try allow(refusal)
        }
        let verdict = await count("reserve/\(account)", reserve)
        try allow(soonest(verdict, refusal))
        try allow(await count("share/\(account) \(stranger)", Self.fromReserve))
    }

    private func soonest(_ reserve: RateVerdict, _ strangers: RateVerdict) -> RateVerdict {
        guard let wait = reserve.retryAfter else { return reserve }
        return wait < strangers.retryAfter ?? wait ? reserve : strangers
    }

    private func isKnown(_ address: String, to account: EmailAddress) async -> Bool {
        guard let name = try? Self.known(account, address), let kept = try? await limiter.store.get(name) else {
            return false
        }
        return !kept.isEmpty
    }

    /// Only a digest: who signs in from where is nobody's business.
    private static func known(_ account: EmailAddress, _ address: String) throws(KeyValueError) -> KeyValueKey {
        try KeyValueKey("password/known:\(Checksum.sha256("\(account) \(address)"))")
    }

    private func count(_ key: String, _ limit: RateLimit, _ kind: Kind = .password) async -> RateVerdict {
        await limiter.count("\(kind.rawValue)/\(key)", against: limit, whenDown: .countHere)
    }

    private func allow(_ verdict: RateVerdict) throws(AuthError) {
        if let wait = verdict.retryAfter { throw .tooManyAttempts(retryAfter: wait) }
    }
}
