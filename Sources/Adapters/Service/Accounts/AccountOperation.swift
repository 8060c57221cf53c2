import Auth
import Storage

/// What whoever runs the program does with accounts, by its commands: they have the database anyhow, and need no account.
/// All of it is audited, as done by the system.
public struct AccountOperation: Sendable {
    let database: any Database
    let administration: AccountAdministration
    let invitations: Invitations
    let users: Users
    let keys: APIKeys
    let audit: AuditLog
    let post: AccountPost
    let begin: NewAccountStep
    let clock: any WallClock

    /// The address counts as confirmed.
    ///
    /// - Parameter password: nil for one who chooses it by a mailed link, or signs in elsewhere.
    public func create(email: String, name: String?, role: Role, password: String?) async throws -> User {
        try await translated {
            try await administration.create(
                email: email, name: name, role: role, password: password, isVerified: true, by: .system,
                alongside: begin)
        }
    }

    /// The newest first.
    public func users(upTo limit: Int) async throws -> [User] {
        try await all(upTo: limit) { session, page in try users.list(page, in: session) }
    }

    /// - Parameter user: an e-mail address or an id.
    /// - Returns: false when they had the role.
    public func setRole(of user: String, to role: Role) async throws -> Bool {
        let id = try await find(user).id
        return try await translated { try await administration.setRole(of: id, to: role, by: .system) }
    }

    /// - Returns: false when it was so.
    public func setDisabled(_ user: String, to isDisabled: Bool) async throws -> Bool {
        let id = try await find(user).id
        return try await translated {
            isDisabled
                ? try await administration.disable(id, by: .system) : try await administration.enable(id, by: .system)
        }
    }

    /// Their sessions end; API keys stay.
    public func setPassword(of user: String, to password: String) async throws {
        let id = try await find(user).id
        _ = try await translated { try await administration.setPassword(of: id, to: password, by: .system) }
    }

    public func invite(_ email: String, as role: Role) async throws {
        try post.requireOpen()
        try await translated {
            try await invitations.invite(email: email, role: role, by: .system, mail: post.send)
        }
    }

    /// - Parameters:
    ///   - names: of ``Permission``s; nil for all that the user may.
    ///   - life: nil for one that is good until it is revoked.
    public func makeKey(
        for user: String, name: String, scopes names: [String]?, life: Duration?
    ) async throws -> APIKeySecret {
        let owner = try await find(user).id
        guard let name = UserName(name) else { throw ServiceError(AuthError.nameRefused) }
        let scopes = try Permission.scopes(names)
        return try await translated {
            try await keys.create(
                for: owner, name: name, scopes: scopes, expiresAt: life.map { clock.now() + $0 }, by: .system
            ).secret
        }
    }

    /// The newest first.
    public func audit(of user: String, upTo limit: Int) async throws -> [AuditEntry] {
        let id = try await find(user).id
        return try await all(upTo: limit) { session, page in try audit.list(of: id, page, in: session) }
    }

    func find(_ text: String) async throws -> User {
        let email = try? EmailAddress(text)
        let id = AccountID(text)
        let user = try await database.read { session in
            try email.flatMap { try users.find($0, in: session) } ?? id.flatMap { try users.find($0, in: session) }
        }
        guard let user else {
            throw ServiceError.invalid(
                field: nil, "nobody has this address or id: see 'waxwing users ls' for who there is")
        }
        return user
    }

    func all<Item: Sendable>(
        upTo limit: Int, _ read: @escaping @Sendable (any ReadSession, PageRequest) throws -> Page<Item>
    ) async throws -> [Item] {
        var (items, after) = ([Item](), PageCursor?.none)
        repeat {
            let request = PageRequest(limit: min(limit - items.count, PageRequest.largest), after: after)
            let page = try await database.read { try read($0, request) }
            items += page.items
            after = page.next
        } while after != nil && items.count < limit
        return items
    }
}
