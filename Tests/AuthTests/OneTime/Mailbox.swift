import Storage
import Synchronization

@testable import Auth

/// The mails that were to be sent.
final class Mailbox: Sendable {
    private let sent = Mutex<[AccountMail]>([])

    /// Keeps a mail once its transaction is kept.
    var mail: Mailing {
        { mail, session in session.afterCommit { self.sent.withLock { $0.append(mail) } } }
    }

    var all: [AccountMail] { sent.withLock { $0 } }

    /// The token in the last mail; nil if it has none.
    var lastToken: OneTimeToken? {
        switch all.last {
        case .confirmAddress(_, let token), .resetPassword(_, let token), .invitation(_, _, let token): token
        case .accountExists, .noAccount, nil: nil
        }
    }
}

/// Mailed links as their readers use them.
extension House {
    static let origin = RequestOrigin(address: "192.0.2.1", device: DeviceName("Phone"))

    /// The token that is mailed to who asks for a new password; nil when there is none in the mail.
    func resetToken(for email: String, from origin: RequestOrigin = origin) async throws -> String? {
        let mailbox = Mailbox()
        try await signIn.requestReset(email: email, from: origin, mail: mailbox.mail)
        return mailbox.lastToken?.text
    }

    func verificationToken(for email: String) async throws -> String? {
        let mailbox = Mailbox()
        try await signIn.requestVerification(email: email, from: Self.origin, mail: mailbox.mail)
        return mailbox.lastToken?.text
    }

    func find(_ user: AccountID) async throws -> User? {
        try await Users(database).find(user)
    }

    /// Whether `password` signs the user of `email` in.
    func canSignIn(_ email: String = "ada@example.com", password: String = password) async throws -> Bool {
        do throws(AuthError) {
            _ = try await login(email, password: password)
            return true
        } catch .wrongCredentials {
            return false
        }
    }

    var audit: AuditLog { AuditLog(database, clock: clock) }

    var administration: AccountAdministration {
        AccountAdministration(database, sessions: sessions, hasher: hasher, clock: clock)
    }

    /// The actions in the log about `user`, by name, so that a test need not know the order within a millisecond.
    func actions(of user: AccountID) async throws -> [AuditAction] {
        let entries = try await database.read { [audit] in try audit.list(of: user, in: $0).items }
        return entries.map(\.event.action).sorted { $0.rawValue < $1.rawValue }
    }
}
