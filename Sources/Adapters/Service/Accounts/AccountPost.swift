import Auth
import Jobs
import Storage

/// Puts mails about accounts into the outbox, in the transaction of what they tell.
struct AccountPost: Sendable {
    let outbox: Outbox
    /// Nil for a service that sends no mail.
    let letters: AccountLetters?

    var isOpen: Bool { letters != nil }

    /// - Throws: ``ServiceError`` `.unavailable`.
    func requireOpen() throws {
        guard isOpen else {
            throw ServiceError.unavailable("this service sends no mail: ask whoever runs it")
        }
    }

    @Sendable func send(_ mail: AccountMail, in session: any WriteSession) throws {
        // Nobody reads the mail of users that are no people.
        guard !mail.address.isReserved, let letters else { return }
        try outbox.add(letters.message(mail), in: session)
    }

    func tellPasswordChanged(_ user: User, in session: any WriteSession) throws {
        guard !user.email.isReserved, let letters else { return }
        try outbox.add(letters.passwordChanged(user.email), in: session)
    }

    func tellDeleted(_ user: User, in session: any WriteSession) throws {
        guard !user.email.isReserved, let letters else { return }
        try outbox.add(letters.accountDeleted(user.email), in: session)
    }
}
