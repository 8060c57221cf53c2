import Storage
import StorageTestKit

@testable import Auth

/// Sessions as a browser and a program have them.
extension House {
    /// A session of a new user, by no password: what hashes nothing is fast.
    func start(
        _ email: String = "ada@example.com", on device: DeviceName? = nil, sessions: Sessions? = nil
    ) async throws -> Session {
        let user = try await registered(email)
        return try await another(for: user, on: device, sessions: sessions)
    }

    func another(
        for user: AccountID, on device: DeviceName? = nil, sessions: Sessions? = nil
    ) async throws -> Session {
        let sessions = sessions ?? self.sessions
        return try await database.write { try sessions.start(for: user, on: device, in: $0) }
    }

    func registered(_ email: String) async throws -> AccountID {
        let user = User(id: .random(), email: try EmailAddress(email), name: nil, createdAt: clock.now())
        let users = Users(database)
        try await database.write { try users.create(user, passwordHash: nil, in: $0) }
        return user.id
    }

    /// A fresh cookie of a live session.
    func cookie(of session: Session) async throws -> SessionCookie? {
        try await database.write { [sessions] in try sessions.renewCookie(of: session.id, of: session.user, in: $0) }
    }

    func signOut(_ session: Session) async throws {
        _ = try await database.write { [sessions] in try sessions.revoke(session.id, of: session.user, in: $0) }
    }

    func authenticate(
        _ cookie: SessionCookie, sessions: Sessions? = nil
    ) async throws(AuthError) -> Principal? {
        try await CookieAuthenticator(database, sessions: sessions ?? self.sessions)
            .authenticate(Credentials(sessionCookie: cookie.value))
    }

    /// When a session was used last, as the row says.
    func usedAt(_ session: Session) async throws -> Timestamp? {
        try await database.read { try $0.row("SELECT used_at FROM sessions WHERE id = \(session.id)") }?
            .get(optional: "used_at")
    }

    /// Every value of every row of a table, as text and bytes.
    func everything(in table: SQL) async throws -> [SQLValue] {
        try await database.read { try $0.rows("SELECT * FROM \(table)") }.flatMap(\.values)
    }
}

extension [SQLValue] {
    /// Whether one of the values has `secret` in it, as bytes or in base64url.
    func reveal(_ secret: [UInt8]) -> Bool {
        let text = Base64URL.encode(secret)
        return contains { value in
            switch value {
            case .text(let stored): stored.contains(text) || [UInt8](stored.utf8).contains(secret)
            case .blob(let bytes): bytes.contains(secret) || bytes.contains([UInt8](text.utf8))
            default: false
            }
        }
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
