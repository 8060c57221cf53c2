import Auth
import Storage
import StoragePostgres
import StorageSQLite

/// Signing in on an empty database, without the bound on attempts.
struct House {
    static let password = "correct horse battery staple"

    let database: any Database
    let sessions: Sessions
    let tokens: AccessTokens
    let signIn: PasswordSignIn

    init(_ place: String) async throws {
        database =
            place.hasPrefix("postgres") ? try PostgresDatabase(url: place) : try SQLiteDatabase(path: place)
        try await database.migrate([AuthSchema.migrations], at: SystemClock().now())
        sessions = Sessions(database)
        tokens = AccessTokens(keys: try .random())
        let unbounded = RateLimit(1_000_000, per: .seconds(60))
        signIn = PasswordSignIn(
            database, tokens: tokens, sessions: sessions, hasher: PasswordHasher(),
            attempts: PasswordAttempts(
                RateLimiter(MemoryKeyValueStore()), perAccount: unbounded, perAddress: unbounded, strangers: unbounded))
    }

    func register(_ number: Int) async throws -> User {
        try await signIn.register(email: Self.email(number), password: Self.password)
    }

    static func email(_ number: Int) -> String { "user-\(number)@example.com" }
}
