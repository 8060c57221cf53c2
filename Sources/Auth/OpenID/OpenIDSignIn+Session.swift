import Storage

extension OpenIDSignIn {
    /// The user whom a provider named, made at first sight, and a session of theirs: one transaction.
    ///
    /// - Throws: what ``Identities/resolve(_:policy:in:)`` throws; ``OpenIDFlaw/notBegunHere`` when the answer was used
    ///   a second time meanwhile.
    public func signIn(
        _ arrival: OpenIDArrival, with identities: Identities, sessions: Sessions, policy: IdentityPolicy,
        on device: DeviceName? = nil
    ) async throws(AuthError) -> (user: User, session: Session) {
        try await throwingAuthError {
            try await database.write {
                try signIn(arrival, with: identities, sessions: sessions, policy: policy, on: device, in: $0)
            }
        }
    }

    /// The same in a transaction that does more.
    public func signIn(
        _ arrival: OpenIDArrival, with identities: Identities, sessions: Sessions, policy: IdentityPolicy,
        on device: DeviceName?, in session: any WriteSession
    ) throws -> (user: User, session: Session) {
        let user = try identities.resolve(arrival.identity, policy: policy, in: session)
        let started = try sessions.start(for: user.id, on: device, in: session)
        try flows.remember(started.id, of: arrival.flow, in: session)
        return (user, started)
    }
}
