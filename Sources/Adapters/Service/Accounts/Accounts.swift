import Auth
import Billing
import Storage

/// Who people are, and what they may.
public struct Accounts: Sendable {
    let database: any Database
    let signIn: PasswordSignIn
    let authenticator: any Authenticator
    let users: Users
    let plans: PlanBook
    let assignments: PlanAssignments
    let ledger: QuotaLedger
    let clock: any WallClock

    /// The new account gets the default plan, in the same transaction.
    public func register(email: String, password: String, name: String?) async throws -> User {
        try await translated {
            try await signIn.register(email: email, password: password, name: name) { user, session in
                try assignments.assign(plans.defaultPlan, to: user.id, at: clock.now(), in: session)
            }
        }
    }

    /// - Parameter address: where the attempt comes from; attempts are limited per account and address.
    public func login(email: String, password: String, from address: String) async throws -> AccessToken {
        try await translated { try await signIn.login(email: email, password: password, from: address) }
    }

    public func logout(_ principal: Principal) async throws {
        guard let session = principal.session else { return }
        try await translated { try await signIn.logout(session, of: principal.user) }
    }

    /// - Throws: ``ServiceError/unauthorized(_:)`` unless the credentials are somebody's.
    public func authenticate(_ credentials: Credentials) async throws -> Principal {
        let principal = try await translated { try await authenticator.authenticate(credentials) }
        guard let principal else {
            throw ServiceError.unauthorized("sign in first: send the access token as 'Authorization: Bearer …'")
        }
        return principal
    }

    public func overview(of caller: Principal) async throws -> AccountOverview {
        let account = try caller.may(.readAccount)
        return try await database.read { session in
            guard let user = try users.find(account, in: session) else { throw ServiceError.notFound("user") }
            let (name, plan) = plans.plan(named: try assignments.planName(of: account, in: session))
            return AccountOverview(
                user: user, planName: name, plan: plan, balances: try ledger.balances(of: account, in: session))
        }
    }

    func plan(of account: AccountID) async throws -> (name: String, plan: Plan) {
        plans.plan(named: try await database.read { try assignments.planName(of: account, in: $0) })
    }

    private func translated<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as AuthError {
            throw ServiceError(error)
        }
    }
}

/// What an account sees of itself.
public struct AccountOverview: Sendable {
    public let user: User
    public let planName: String
    public let plan: Plan
    public let balances: [QuotaBalance]
}

extension ServiceError {
    init(_ error: AuthError) {
        let message = error.description
        switch error {
        case .wrongCredentials, .accountDisabled, .tokenRefused, .sessionEnded, .apiKeyRefused:
            self = .unauthorized(message)
        case .openID(.unknownProvider): self = .notFound("sign-in provider")
        case .openID(.accountExists): self = .conflict(message)
        case .openID: self = .unauthorized(message)
        case .emailNotAllowed: self = .forbidden(message)
        case .emailTaken: self = .conflict(message)
        case .emailRefused: self = .invalid(field: "email", message)
        case .passwordRefused: self = .invalid(field: "password", message)
        case .nameRefused: self = .invalid(field: "name", message)
        case .apiKeyNotMade(.tooMany): self = .conflict(message)
        case .apiKeyNotMade(.expiresInThePast): self = .invalid(field: "expires_at", message)
        case .tooManyAttempts(let wait): self = .rateLimited(retryAfter: wait, message)
        case .overloaded: self = .unavailable(message)
        case .unavailable: self = .unavailable("sign-in is not available now: try again in a minute")
        }
    }
}
