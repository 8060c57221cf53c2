import Auth
import Billing
import Jobs
import Logging
import Storage

/// All that has to do with signing in, put together.
struct SignInParts {
    let accounts: Accounts
    let signIn: SignIn
    let keys: ProgramKeys
    let administration: Administration
    let operation: AccountOperation
    let sessions: Sessions
    let upkeep: SignInUpkeep

    init(
        _ options: SignInOptions, _ database: any Database, keys ring: Keys, limiter: RateLimiter, queue: JobQueue,
        outbox: Outbox, plans: PlanBook, billing: BillingParts, clock: any WallClock, logger: Logger,
        metrics: MetricRegistry
    ) throws {
        let users = Users(database, clock: clock)
        let sessions = Sessions(database, clock: clock)
        let tokens = AccessTokens(keys: ring, clock: clock)
        let audit = AuditLog(database, clock: clock)
        let identities = Identities(database, clock: clock)
        let apiKeys = APIKeys(database, clock: clock)
        let hasher = PasswordHasher()
        let post = AccountPost(outbox: outbox, letters: options.mail?.letters)
        let attempts = PasswordAttempts(limiter)
        let passwords = PasswordSignIn(
            database, tokens: tokens, sessions: sessions, hasher: hasher, attempts: attempts,
            registration: options.registration, clock: clock)
        accounts = Accounts(
            database: database, passwords: passwords, registration: options.registration,
            allowlist: options.allowlist, sessions: sessions,
            users: users, post: post, providers: options.openID?.providers ?? [], identities: identities, plans: plans,
            assignments: PlanAssignments(), entitlements: billing.entitlements,
            ledger: billing.ledger, subscriptions: billing.records, queue: queue, audit: audit, clock: clock,
            logger: logger)
        let invitations = Invitations(database, registration: options.registration, clock: clock)
        let others = AccountAdministration(database, sessions: sessions, hasher: hasher, clock: clock)
        administration = Administration(
            database: database, accounts: others, invitations: invitations, users: users, audit: audit, post: post)
        operation = AccountOperation(
            database: database, administration: others, invitations: invitations, users: users, keys: apiKeys,
            audit: audit, post: post, begin: accounts.begin, clock: clock)
        let openID = try options.openID.map {
            try OpenIDSignIn(
                $0.providers, callback: $0.callback, transport: $0.transport, database: database, clock: clock)
        }
        let policy = Self.policy(options, accounts, invitations, others)
        signIn = SignIn(
            database: database, passwords: passwords, attempts: attempts, openID: openID, identities: identities,
            identityPolicy: policy,
            users: users, sessions: sessions,
            refreshTokens: RefreshTokens(database, sessions: sessions, keys: ring), tokens: tokens,
            authenticator: try Self.authenticator(
                options, database, tokens: tokens, sessions: sessions, keys: apiKeys, identities: identities,
                policy: policy, begin: accounts.begin, clock: clock),
            audit: audit, clock: clock, logger: logger, metrics: metrics)
        keys = ProgramKeys(database: database, keys: apiKeys)
        upkeep = SignInUpkeep(
            sessions: sessions, keys: apiKeys, administration: others, openID: openID, audit: audit, clock: clock)
        self.sessions = sessions
    }

    /// Who comes from elsewhere for the first time becomes an account where people may register: or is invited.
    private static func policy(
        _ options: SignInOptions, _ accounts: Accounts, _ invitations: Invitations,
        _ administration: AccountAdministration
    ) -> IdentityPolicy {
        let registration = options.registration
        return IdentityPolicy(
            linksByEmail: options.linksByEmail, claimsUnconfirmed: registration.requiresVerifiedEmail,
            allowlist: options.allowlist,
            register: { user, session in
                let role = try invitations.take(user.email, in: session)
                try registration.allow(invited: role != nil)
                if let role { _ = try administration.setRole(of: user.id, to: role, by: .system, in: session) }
                try accounts.begin(user, in: session)
            })
    }

    private static func authenticator(
        _ options: SignInOptions, _ database: any Database, tokens: AccessTokens, sessions: Sessions, keys: APIKeys,
        identities: Identities, policy: IdentityPolicy, begin: @escaping NewAccountStep, clock: any WallClock
    ) throws -> any Authenticator {
        // What a client sends on purpose goes before what a browser sends by itself. Keys before tokens, as both come as
        // bearers; foreign tokens before ours, as they say whose they are. Access before our cookie, which may be an old one.
        var ways: [any Authenticator] = [APIKeyAuthenticator(database, keys: keys)]
        if let fetcher = options.fetcher, !options.issuers.isEmpty {
            let foreign = ForeignTokens(options.issuers, fetcher: fetcher, clock: clock)
            ways.append(
                ForeignTokenAuthenticator(
                    database, tokens: foreign, identities: identities, clock: clock, register: begin))
        }
        ways.append(BearerAuthenticator(database, tokens: tokens, sessions: sessions))
        if let fetcher = options.fetcher, let access = options.access {
            ways.append(
                AccessAssertionAuthenticator(
                    database, access: access, fetcher: fetcher, identities: identities, policy: policy, clock: clock))
        }
        ways.append(CookieAuthenticator(database, sessions: sessions))
        if let permit = options.bypass {
            ways.append(
                DevelopmentBypass(database, permit: permit, identities: identities, clock: clock, register: begin))
        }
        return AllowlistAuthenticator(FirstOf(ways), database: database, allowlist: options.allowlist)
    }
}

/// What is forgotten of signing in, now and then.
struct SignInUpkeep: Sendable {
    let sessions: Sessions
    let keys: APIKeys
    let administration: AccountAdministration
    let openID: OpenIDSignIn?
    let audit: AuditLog
    let clock: any WallClock

    /// API keys that ended longer ago are forgotten.
    private static let keyMemory = Duration.seconds(90 * 86_400)

    func run() async throws {
        try await sessions.removeExpired()
        try await keys.removeEnded(before: clock.now() - Self.keyMemory)
        try await administration.removeExpiredLinks()
        try await openID?.removeExpired()
        try await audit.removeOld()
    }
}
