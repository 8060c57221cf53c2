import Storage

/// Lets every request of this machine through as one developer, made at first sight; for development only. Goes last:
/// a request with credentials is judged by them.
///
/// Any page in the developer's browser can make requests to this machine: see ``Principal/Method/isSentByBrowsers``.
public struct DevelopmentBypass: Authenticator {
    /// Nobody's mail.
    public static let address = "developer@localhost.invalid"
    private static let issuer = "waxwing:development"

    /// To be said at start, so that nobody leaves it on without knowing.
    public static let warning = "sign-in is bypassed: every request from this machine is let through as \(address)"

    private let database: any Database
    private let identities: Identities
    private let register: @Sendable (User, any WriteSession) throws -> Void
    private let clock: any WallClock

    /// - Parameter register: adds what else a new account needs, in the same transaction.
    public init(
        _ database: any Database, permit: DevelopmentPermit, identities: Identities,
        clock: any WallClock = SystemClock(),
        register: @escaping @Sendable (User, any WriteSession) throws -> Void = { _, _ in }
    ) {
        (self.database, self.identities, self.clock, self.register) = (database, identities, clock, register)
    }

    /// - Returns: nil for a request from elsewhere, through a proxy, or to another name than this machine's.
    public func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal? {
        guard credentials.connection?.isOfThisMachine == true else { return nil }
        let developer = try await developer().enabled()
        return Principal(
            user: developer.id, role: developer.role, session: nil, method: .development, authenticatedAt: clock.now())
    }

    private func developer() async throws(AuthError) -> User {
        if let known = try await identities.find("developer", of: Self.issuer) { return known }
        return try await throwingAuthError {
            let address = try EmailAddress(Self.address)
            return try await database.write { session in
                if let known = try identities.find("developer", of: Self.issuer, in: session) { return known }
                let user = User(
                    id: .random(), email: address, name: UserName("Developer"), createdAt: clock.now())
                let identity = OtherIdentity(
                    issuer: Self.issuer, subject: "developer", email: address, isEmailVerified: false)
                return try identities.create(user, for: identity, register: register, in: session)
            }
        }
    }
}
