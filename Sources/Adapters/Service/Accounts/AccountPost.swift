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

    /// As ``send(_:in:)``; a request with a key is done with it.
    func send(once ticket: IdempotencyTicket?) -> Mailing {
        { mail, session in
            try send(mail, in: session)
            try ticket?.record(IdempotencyTicket.mailed, in: session)
        }
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

extension IdempotencyTicket {
    /// The receipt of what ends with a mail.
    fileprivate static let mailed = "mailed"

    func wasMailed() throws -> Bool { try receipt(as: String.self) == Self.mailed }
}
