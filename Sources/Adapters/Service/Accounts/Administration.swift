import Auth
import Storage

/// What administrators do with the accounts of others. All of it is audited.
public struct Administration: Sendable {
    let database: any Database
    let accounts: AccountAdministration
    let invitations: Invitations
    let users: Users
    let audit: AuditLog
    let post: AccountPost

    public func users(for caller: Principal, _ page: PageRequest) async throws -> Page<User> {
        _ = try caller.may(.administer)
        return try await database.read { try users.list(page, in: $0) }
    }

    public func user(_ id: AccountID, for caller: Principal) async throws -> User {
        _ = try caller.may(.administer)
        return try await find(id)
    }

    /// - Parameters: what is nil stays.
    /// - Throws: ``ServiceError`` `.conflict` for one's own account: who shuts themselves out cannot let themselves in.
    public func change(
        _ id: AccountID, role: Role?, isDisabled: Bool?, by caller: Principal, from origin: RequestOrigin
    ) async throws -> User {
        let admin = try caller.may(.administer)
        guard id != admin else { throw ServiceError.conflict("this is your own account: ask another administrator") }
        let actor = AuditActor(caller)
        try await translated {
            try await database.write { session in
                // Asked again here: of two who take the role from each other at once, one is too late.
                guard try users.find(admin, in: session)?.role == .admin else {
                    throw ServiceError.forbidden("you are no administrator any more")
                }
                guard try users.find(id, in: session) != nil else { throw ServiceError.notFound("user") }
                if let role { _ = try accounts.setRole(of: id, to: role, by: actor, from: origin, in: session) }
                switch isDisabled {
                case true: _ = try accounts.disable(id, by: actor, from: origin, in: session)
                case false: _ = try accounts.enable(id, by: actor, from: origin, in: session)
                default: break
                }
            }
        }
        return try await find(id)
    }

    /// Mails an invitation.
    public func invite(
        _ email: String, as role: Role, by caller: Principal, from origin: RequestOrigin,
        once ticket: IdempotencyTicket? = nil
    ) async throws {
        _ = try caller.may(.administer)
        try post.requireOpen()
        if try ticket?.wasMailed() == true { return }
        try await translated {
            try await invitations.invite(
                email: email, role: role, by: AuditActor(caller), from: origin, mail: post.send(once: ticket))
        }
    }

    /// What happened, newest first.
    ///
    /// - Parameter user: only what happened to this account; nil for all.
    public func audit(of user: AccountID?, for caller: Principal, _ page: PageRequest) async throws -> Page<AuditEntry>
    {
        _ = try caller.may(.administer)
        return try await database.read { try audit.list(AuditFilter(subject: user), page, in: $0) }
    }

    private func find(_ id: AccountID) async throws -> User {
        guard let user = try await database.read({ try users.find(id, in: $0) }) else {
            throw ServiceError.notFound("user")
        }
        return user
    }
}
