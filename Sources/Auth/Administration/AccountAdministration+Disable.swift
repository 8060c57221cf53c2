import Storage

/// Locking users out, and letting them in again.
extension AccountAdministration {
    /// Locks a user out: nothing they have signs them in, their sessions end, their API keys are refused from the next
    /// request on, and their links to reset the password are worth nothing. Doing it twice is harmless.
    ///
    /// - Returns: false when there is no such user, or they are locked out.
    @discardableResult
    public func disable(
        _ user: AccountID, by actor: AuditActor, from origin: RequestOrigin? = nil, in session: any WriteSession
    ) throws -> Bool {
        let changed = try session.execute(
            "UPDATE users SET disabled_at = \(users.clock.now()) WHERE id = \(user) AND disabled_at IS NULL")
        guard changed == 1 else { return false }
        try links.end(.resetPassword, of: user, in: session)
        let ended = try sessions.revokeAll(of: user, in: session)
        let detail: AuditDetail = ["sessions": .number(Int64(ended))]
        try audit.append(AuditEvent(.accountDisabled, of: user, by: actor, from: origin, detail), in: session)
        return true
    }

    @discardableResult
    public func disable(
        _ user: AccountID, by actor: AuditActor, from origin: RequestOrigin? = nil
    ) async throws(AuthError) -> Bool {
        try await throwingAuthError {
            try await database.write { try disable(user, by: actor, from: origin, in: $0) }
        }
    }

    /// Lets a user in again: their password and API keys are good as before; sessions that ended stay ended.
    ///
    /// - Returns: false when there is no such user, or they are not locked out.
    @discardableResult
    public func enable(
        _ user: AccountID, by actor: AuditActor, from origin: RequestOrigin? = nil, in session: any WriteSession
    ) throws -> Bool {
        let changed = try session.execute(
            "UPDATE users SET disabled_at = NULL WHERE id = \(user) AND disabled_at IS NOT NULL")
        guard changed == 1 else { return false }
        try audit.append(AuditEvent(.accountEnabled, of: user, by: actor, from: origin), in: session)
        return true
    }

    @discardableResult
    public func enable(
        _ user: AccountID, by actor: AuditActor, from origin: RequestOrigin? = nil
    ) async throws(AuthError) -> Bool {
        try await throwingAuthError {
            try await database.write { try enable(user, by: actor, from: origin, in: $0) }
        }
    }
}
