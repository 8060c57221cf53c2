import Storage

extension Sessions {
    /// Gives a live session a fresh cookie; the one it had is dead with the transaction.
    ///
    /// Called at sign-in, and again whenever the session comes to mean more than before (a role, a changed password):
    /// who knew the secret from before has nothing.
    ///
    /// - Returns: nil when `user` has no such session that lives.
    public func renewCookie(
        of id: Identifier<Session>, of user: AccountID, in session: any WriteSession
    ) throws -> SessionCookie? {
        guard let live = try findLive(id, of: user, in: session) else { return nil }
        let cookie = SessionCookie.random(for: live.id)
        try session.execute(
            "UPDATE sessions SET cookie_hash = \(SecretHash(of: cookie.secret)) WHERE id = \(live.id)")
        return cookie
    }

    /// The session whose cookie this is, if it is live now and its user exists and is not disabled: one statement.
    ///
    /// Found by its name and compared by its secret, so that the time a wrong one takes tells nothing of the right one.
    public func findLive(_ cookie: SessionCookie, in session: any ReadSession) throws -> Session? {
        try findLiveWithRole(cookie, in: session)?.session
    }

    /// As ``findLive(_:in:)``, with what the user is now.
    func findLiveWithRole(
        _ cookie: SessionCookie, in session: any ReadSession
    ) throws -> (session: Session, role: Role)? {
        let row = try session.row(
            """
            SELECT \(Session.columns), cookie_hash, role FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE sessions.id = \(cookie.session) AND disabled_at IS NULL
            """)
        guard let row, try row.get(optional: "cookie_hash") == SecretHash(of: cookie.secret),
            let live = try live(row)
        else { return nil }
        return (live, try row.get("role"))
    }

    /// Ends the session whose cookie this is, whoever's it is; for a browser that signs in anew, so that the cookie it
    /// came with, perhaps planted, is worth nothing.
    public func revoke(_ cookie: SessionCookie, in session: any WriteSession) throws {
        guard let live = try findLive(cookie, in: session) else { return }
        try revoke(live.id, of: live.user, in: session)
    }
}
