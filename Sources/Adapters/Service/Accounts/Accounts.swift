import Auth
import Billing
import Jobs
import Logging
import Storage

/// Accounts of people: how they are made, what they have, how they end.
public struct Accounts: Sendable {
    let database: any Database
    let passwords: PasswordSignIn
    let registration: Registration
    let allowlist: EmailAllowlist
    let sessions: Sessions
    let users: Users
    let post: AccountPost
    let providers: [OpenIDProvider]
    let identities: Identities
    let plans: PlanBook
    let assignments: PlanAssignments
    let entitlements: Entitlements
    let ledger: QuotaLedger
    let subscriptions: Billing.Subscriptions
    let queue: JobQueue
    let audit: AuditLog
    let clock: any WallClock
    let logger: Logger

    /// What a sign-in page offers.
    public var waysIn: WaysIn {
        WaysIn(
            providers: providers.map { WaysIn.Provider(name: $0.name, label: $0.label) },
            takesRegistrations: registration.policy == .open
                && (allowlist.allowsEverybody || registration.requiresVerifiedEmail),
            sendsMail: post.isOpen)
    }

    /// The new account gets the default plan, in the same transaction.
    ///
    /// - Parameters:
    ///   - name: nil or blank for none.
    ///   - ticket: of a request with an idempotency key: whom it registered before, it does not register again.
    public func register(
        email: String, password: String, name: String?, from origin: RequestOrigin,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> Registered {
        if let user = try await made(ticket) { return .ready(user) }
        if try ticket?.wasMailed() == true { return .awaitsConfirmation }
        return try await translated(telling: logger) {
            try allowlist.check(email)
            guard registration.requiresVerifiedEmail else {
                // Anybody could say that they are on the list.
                guard allowlist.allowsEverybody else { throw AuthError.registrationClosed }
                return .ready(
                    try await passwords.register(
                        email: email, password: password, name: name, from: origin, alongside: begin(ticket)))
            }
            try await passwords.registerByMail(
                email: email, password: password, name: name, from: origin, mail: post.send(once: ticket),
                alongside: begin)
            return .awaitsConfirmation
        }
    }

    /// Makes the account that somebody was invited to.
    public func accept(
        _ invitation: String, password: String, name: String?, from origin: RequestOrigin,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> User {
        if let user = try await made(ticket) { return user }
        return try await translated(telling: logger) {
            try await passwords.accept(
                invitation: invitation, password: password, name: name, from: origin, alongside: begin(ticket))
        }
    }

    /// Whom an invitation is for; nil for one that is not good.
    public func invited(by token: String) async throws -> EmailAddress? {
        try await translated(telling: logger) {
            try await Invitations(database, registration: registration, clock: clock).find(token)?.email
        }
    }

    /// Confirms the address to which the link was mailed.
    ///
    /// - Parameter password: of the account: only who registered it confirms it.
    public func verify(_ token: String, password: String, from origin: RequestOrigin) async throws -> User {
        try await translated(telling: logger) {
            try await passwords.verifyEmail(token, password: password, from: origin)
        }
    }

    /// Mails a link to confirm an address, or says in the mail why there is none.
    public func requestVerification(
        email: String, from origin: RequestOrigin, once ticket: IdempotencyTicket? = nil
    ) async throws {
        try post.requireOpen()
        if try ticket?.wasMailed() == true { return }
        try await translated(telling: logger) {
            try await passwords.requestVerification(email: email, from: origin, mail: post.send(once: ticket))
        }
    }

    /// Mails a link to choose a new password, or says in the mail that there is no account.
    public func requestReset(
        email: String, from origin: RequestOrigin, once ticket: IdempotencyTicket? = nil
    ) async throws {
        try post.requireOpen()
        if try ticket?.wasMailed() == true { return }
        try await translated(telling: logger) {
            try await passwords.requestReset(email: email, from: origin, mail: post.send(once: ticket))
        }
    }

    public func reset(
        _ token: String, password: String, from origin: RequestOrigin, once ticket: IdempotencyTicket? = nil
    ) async throws {
        if let _: AccountID = try ticket?.receipt() { return }
        try await translated(telling: logger) {
            _ = try await passwords.reset(token, password: password, from: origin) { user, session in
                try post.tellPasswordChanged(user, in: session)
                try ticket?.record(user.id, in: session)
            }
        }
    }

    /// Ends all sessions of the caller; the one that asks goes on as a new one.
    ///
    /// - Returns: the new session's cookie, for a browser.
    /// - Throws: ``ServiceError/unauthorized(_:)`` for a wrong password, or credentials that have no session.
    public func changePassword(
        of caller: Principal, from old: String, to new: String, at origin: RequestOrigin
    ) async throws -> ChangedPassword {
        let user = try caller.may(.changeAccount)
        guard let asking = caller.session else { throw ServiceError.forbidden(Self.needsSession) }
        return try await translated(telling: logger) {
            let signedIn = try await passwords.changePassword(
                of: user, in: asking, from: old, to: new, origin: origin
            ) { user, started, session in
                try post.tellPasswordChanged(user, in: session)
                guard let cookie = try sessions.renewCookie(of: started.id, of: user.id, in: session) else {
                    throw AuthError.sessionEnded
                }
                return SetCookie.session(cookie, until: started.expiresAt, at: clock.now())
            }
            return ChangedPassword(user: signedIn.user, session: signedIn.session, cookie: signedIn.extra)
        }
    }

    public func overview(of caller: Principal) async throws -> AccountOverview {
        let account = try caller.may(.readAccount)
        return try await database.read { session in
            guard let user = try users.find(account, in: session) else { throw ServiceError.notFound("user") }
            let entitlement = try entitlements.find(account, in: session)
            return AccountOverview(
                user: user, entitlement: entitlement,
                balances: try ledger.balances(of: account, under: entitlement, in: session))
        }
    }

    /// What happened to the caller's account, newest first.
    public func audit(of caller: Principal, _ page: PageRequest) async throws -> Page<AuditEntry> {
        let account = try caller.may(.readAccount)
        // Where an administrator was, and with what, is none of their business.
        return try await database.read { try audit.list(of: account, page, in: $0) }
            .map { $0.withoutOrigin(unlessOf: account) }
    }

    /// What every new account needs, however it comes about; in the transaction that makes it.
    @Sendable func begin(_ user: User, in session: any WriteSession) throws {
        let (name, plan) = plans.plan(named: nil)
        try assignments.assign(name, version: plan.version, to: user.id, at: clock.now(), in: session)
    }

    /// As ``begin(_:in:)``; a request with a key is done with it.
    private func begin(_ ticket: IdempotencyTicket?) -> NewAccountStep {
        { user, session in
            try begin(user, in: session)
            try ticket?.record(user.id, in: session)
        }
    }

    /// Whom an earlier run of the same request made.
    private func made(_ ticket: IdempotencyTicket?) async throws -> User? {
        guard let text: String = try ticket?.receipt(), let id = AccountID(text) else { return nil }
        return try await database.read { try users.find(id, in: $0) }
    }

    func entitlement(of account: AccountID) async throws -> Entitlement {
        try await database.read { try entitlements.find(account, in: $0) }
    }

    static let needsSession = "this needs a session: sign in with your password or at your provider first"
}

/// What became of a registration.
public enum Registered: Sendable {
    case ready(User)
    /// A mail says more: to whoever asks, a known address is as good as a new one.
    case awaitsConfirmation
}

/// What a sign-in page offers.
public struct WaysIn: Sendable {
    public struct Provider: Sendable {
        /// Stands in paths.
        public let name: String
        /// For the button.
        public let label: String
    }

    public let providers: [Provider]
    public let takesRegistrations: Bool
    /// Whether passwords can be reset.
    public let sendsMail: Bool
}

/// The session that goes on after all have ended.
public struct ChangedPassword: Sendable {
    public let user: User
    public let session: Session
    public let cookie: SetCookie
}

/// What an account sees of itself.
public struct AccountOverview: Sendable {
    public let user: User
    public let entitlement: Entitlement
    public let balances: [QuotaBalance]
}
