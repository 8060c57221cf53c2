import FreshDatabases
import Storage
import StorageTestKit

@testable import Auth

/// All of the module on an empty database.
struct House {
    static let password = "correct horse battery staple"

    let clock = ManualClock()
    let database: any Database
    let tokens: AccessTokens
    let sessions: Sessions
    let hasher: PasswordHasher
    let signIn: PasswordSignIn
    let authenticator: BearerAuthenticator

    init(
        cost: HashingCost = .cheap, perAccount: RateLimit = RateLimit(1_000_000, per: .seconds(900)),
        perAddress: RateLimit = RateLimit(1_000_000, per: .seconds(900)),
        strangers: RateLimit = RateLimit(1_000_000, per: .seconds(900)), registration: Registration = .open
    ) async throws {
        database = try await FreshDatabase.make()
        try await database.migrate([AuthSchema.migrations], at: clock.now())
        tokens = AccessTokens(keys: try KeySet(hs256: [.random()]), clock: clock)
        sessions = Sessions(database, clock: clock)
        hasher = PasswordHasher(cost: cost)
        let limiter = RateLimiter(MemoryKeyValueStore(clock: clock), clock: clock)
        signIn = PasswordSignIn(
            database, tokens: tokens, sessions: sessions, hasher: hasher,
            attempts: PasswordAttempts(
                limiter, perAccount: perAccount, perAddress: perAddress, strangers: strangers,
                registrations: perAddress, perMailbox: RateLimit(1_000_000, per: .seconds(3600))),
            registration: registration, clock: clock)
        authenticator = BearerAuthenticator(database, tokens: tokens, sessions: sessions)
    }

    @discardableResult
    func register(_ email: String, password: String = password) async throws -> User {
        try await signIn.register(email: email, password: password)
    }

    func login(
        _ email: String, password: String = password, from address: String = "192.0.2.1"
    ) async throws(AuthError) -> AccessToken {
        try await signIn.login(email: email, password: password, from: RequestOrigin(address: address))
    }

    func authenticate(_ token: String?) async throws(AuthError) -> Principal? {
        try await authenticator.authenticate(Credentials(bearerToken: token))
    }

    /// What no part of the module would do.
    func execute(_ sql: SQL) async throws {
        _ = try await database.write { try $0.execute(sql) }
    }

    /// The stored hash of a user, as text.
    func passwordHash(of user: User) async throws -> String? {
        try await database.read { try $0.row("SELECT password_hash FROM users WHERE id = \(user.id)") }?
            .get(optional: "password_hash")
    }
}
