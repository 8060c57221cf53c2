import Auth
import Billing
import Jobs
import SampleLibrary
import Storage

/// The end of an account.
extension Accounts {
    /// Removes the caller's account: credentials at once, files and rows of all modules by a job of the same transaction.
    ///
    /// Audit and ledger keep their rows, which tell nothing of the person any more.
    ///
    /// - Parameter password: asked for once more. Those who have none must have signed in at their provider within
    ///   ``freshness``.
    /// - Throws: ``ServiceError`` `.unauthorized` for a wrong password, `.forbidden` for credentials without a session.
    public func delete(
        _ caller: Principal, password: String?, from origin: RequestOrigin
    ) async throws -> AccountDeletion {
        let account = try caller.may(.changeAccount)
        guard caller.isSignedIn else { throw ServiceError.forbidden(Self.needsSession) }
        try await confirm(caller, password, from: origin)
        return try await translated {
            try await database.write { session in
                guard let user = try users.find(account, in: session) else { throw ServiceError.notFound("user") }
                let library = try LibraryErasure().count(account, in: session)
                guard let removed = try users.remove(account, by: .user(account), from: origin, in: session) else {
                    throw ServiceError.notFound("user")
                }
                let job = try queue.enqueue(EraseAccount.job(account), asFollowUp: true, in: session)
                let paid = try subscriptions.list(of: account, in: session).filter { !$0.status.isTerminal }
                if !paid.isEmpty {
                    try queue.enqueue(EndSubscriptions.job(paid.map(\.id)), asFollowUp: true, in: session)
                }
                try post.tellDeleted(user, in: session)
                return AccountDeletion(removed: removed, underWay: library, job: job)
            }
        }
    }

    /// How long ago who has no password may have signed in to delete the account.
    static let freshness = Duration.seconds(10 * 60)

    private func confirm(_ caller: Principal, _ password: String?, from origin: RequestOrigin) async throws {
        if try await translated({ try await passwords.hasPassword(caller.user) }) {
            guard let password else {
                throw ServiceError.invalid(field: "password", "'password' is missing: give it once more")
            }
            try await translated { try await passwords.confirm(password: password, for: caller.user, from: origin) }
        } else if clock.now() - caller.authenticatedAt > Self.freshness {
            throw ServiceError.unauthorized(
                "sign in at your provider once more, then delete the account within 10 minutes")
        }
    }
}

/// What went with an account, and what goes by its job.
public struct AccountDeletion: Sendable, Equatable, Encodable {
    /// At once.
    public let removed: RemovedAccount
    /// Within minutes.
    public let underWay: LibraryCount
    public let job: JobID

    package init(removed: RemovedAccount, underWay: LibraryCount, job: JobID) {
        (self.removed, self.underWay, self.job) = (removed, underWay, job)
    }
}
