import Storage

/// How many passwords may be tried and mails asked for, and who has tried how many.
///
/// Counted per account *and* address, so that nobody locks somebody else out, and per address, so that one machine
/// cannot walk through the accounts. Right and wrong attempts count alike, before the password is checked.
public struct PasswordAttempts: Sendable {
    public static let standardPerAccount = RateLimit(10, per: .seconds(15 * 60))
    public static let standardPerAddress = RateLimit(100, per: .seconds(15 * 60))

    private let limiter: RateLimiter
    private let perAccount: RateLimit
    private let perAddress: RateLimit

    public init(
        _ limiter: RateLimiter, perAccount: RateLimit = standardPerAccount, perAddress: RateLimit = standardPerAddress
    ) {
        (self.limiter, self.perAccount, self.perAddress) = (limiter, perAccount, perAddress)
    }

    /// What is counted, each kind by itself.
    enum Kind: String {
        /// Passwords tried, at sign-in or to confirm something.
        case password
        /// Mails asked for. So many that an address is not flooded.
        case mail
    }

    /// - Parameter account: nil when what was given is no address.
    func count(
        _ kind: Kind = .password, account: EmailAddress?, from address: String
    ) async throws(AuthError) {
        try allow(await limiter.count("\(kind.rawValue)/address/\(address)", against: perAddress))
        guard let account else { return }
        // An e-mail address has no space: the two cannot run into each other.
        try allow(await limiter.count("\(kind.rawValue)/account/\(account) \(address)", against: perAccount))
    }

    private func allow(_ verdict: RateLimiter.Verdict) throws(AuthError) {
        if case .refused(let wait) = verdict { throw .tooManyAttempts(retryAfter: wait) }
    }
}
