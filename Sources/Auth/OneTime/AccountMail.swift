import Storage

/// A mail that an account's life asks for. This module sends none: each is handed, in the transaction that it belongs
/// to, to a ``Mailing``, which writes it down for whoever sends mail.
///
/// Addresses take the same work and get the same answer whether they are somebody's or not, so each request leads to one
/// of these, also where there is nothing to say.
public enum AccountMail: Sendable {
    /// With a link by which the user shows that they read mail to their address.
    case confirmAddress(User, OneTimeToken)
    /// Somebody wants to register, or to have confirmed, an address whose user is already registered: they may sign in,
    /// or ask for a new password.
    case accountExists(User)
    /// With a link by which the user chooses a new password.
    case resetPassword(User, OneTimeToken)
    /// With a link by which somebody who is not yet a user registers.
    case invitation(EmailAddress, Role, OneTimeToken)
    /// Nobody who may sign in has the address. It need not be mailed to; but whatever is done about the others, as adding
    /// to a queue, is better done about this one too, as it takes time that can be measured.
    case noAccount(EmailAddress)

    public var address: EmailAddress {
        switch self {
        case .confirmAddress(let user, _), .accountExists(let user), .resetPassword(let user, _): user.email
        case .invitation(let email, _, _), .noAccount(let email): email
        }
    }
}

/// Takes a mail that is to be sent once the transaction is kept.
public typealias Mailing = @Sendable (AccountMail, any WriteSession) throws -> Void
