import Storage

@testable import Auth

/// A house with a signed-in user and their first refresh token.
struct RefreshHouse {
    let house: House
    let secrets: [NamedSecret]
    let tokens: RefreshTokens
    let session: Session
    let first: RefreshToken

    init(
        sessions change: (House) -> Sessions = { $0.sessions }, life: Duration = Sessions.standardLife
    ) async throws {
        let house = try await House()
        let sessions = change(house)
        let (session, secrets) = (try await house.start(sessions: sessions), [NamedSecret.random()])
        let tokens = RefreshTokens(house.database, sessions: sessions, secrets: secrets, life: life)
        first = try await house.database.write { try tokens.start(for: session, in: $0).token }
        (self.house, self.secrets, self.tokens, self.session) = (house, secrets, tokens, session)
    }

    /// As a server with other secrets would do it.
    func tokens(secrets: [NamedSecret]) -> RefreshTokens {
        RefreshTokens(house.database, sessions: house.sessions, secrets: secrets)
    }

    func refresh(_ token: RefreshToken) async throws(AuthError) -> RefreshToken {
        try await tokens.refresh(token).token
    }

    func outcome(of token: RefreshToken) async throws -> RefreshOutcome {
        try await house.database.write { [tokens] in try tokens.refresh(token, in: $0) }
    }

    func isLive() async throws -> Bool {
        try await house.sessions.list(of: session.user).contains { $0.id == session.id }
    }

    /// How many tokens the family has.
    func count() async throws -> Int? {
        try await house.database.read { try $0.row("SELECT COUNT(*) AS n FROM refresh_tokens")?.get("n") }
    }
}
