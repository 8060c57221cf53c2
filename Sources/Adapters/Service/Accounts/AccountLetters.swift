import Auth
import Billing
import Jobs
import Storage

/// The words of the mails that are about accounts, and the links to the pages where they lead.
///
/// A link's token is good for what it was mailed for only, and the pages ask for a click: programs that look at links in
/// mails change nothing.
public struct AccountLetters: Sendable {
    let from: Mailbox
    /// `https://sounds.example.com`.
    let site: String

    /// - Parameter site: where the service is reached, without a slash at its end; from the configuration, as what a request
    ///   says of the host it reached may be anybody's.
    public init(from: Mailbox, site: String) {
        (self.from, self.site) = (from, site)
    }

    /// Each mail is nobody's in the outbox: what is mailed about an account is no business of those who read its messages.
    func message(_ mail: AccountMail) throws -> NewMessage {
        let (subject, text) = words(of: mail)
        return try message(to: mail.address, subject, text)
    }

    func passwordChanged(_ email: EmailAddress) throws -> NewMessage {
        try message(
            to: email, "Your password was changed",
            """
            The password of your account at \(site) was changed, and your other sessions have ended.

            If it was not you, choose a new one at once:
            \(site)/forgot
            """)
    }

    func accountDeleted(_ email: EmailAddress) throws -> NewMessage {
        try message(
            to: email, "Your account was deleted",
            """
            Your account at \(site) was deleted, as was asked for with your credentials. Your files are being removed.
            """)
    }

    func limitNear(_ threshold: QuotaThreshold, _ email: EmailAddress) throws -> NewMessage {
        let what = threshold.unit.title
        let isOver = threshold.percent >= 100
        let remedy =
            threshold.unit.cycle == .gauge
            ? "What you delete makes room again."
            : "The count starts again with the next \(threshold.window)."
        return try message(
            to: email,
            isOver ? "Your plan's \(what) are used up" : "\(threshold.percent) % of your plan's \(what) are used",
            """
            Of the \(threshold.limit) \(what) of your plan at \(site), \(threshold.used) are used. \(remedy)

            A larger plan: \(site)/billing
            """)
    }

    func paymentFailed(_ email: EmailAddress, graceUntil: Timestamp?) throws -> NewMessage {
        try message(
            to: email, "A payment has failed",
            """
            The last payment for your subscription at \(site) has failed.\(graceUntil.map { " Everything stays as it is until \($0)." } ?? "")

            Look after your card and bills: \(site)/billing
            """)
    }

    func subscriptionEnded(_ email: EmailAddress) throws -> NewMessage {
        try message(
            to: email, "Your subscription has ended",
            """
            Your subscription at \(site) has ended. Nothing is deleted; what is above the limits of your plan now does not \
            grow any more.

            Subscribe again: \(site)/billing
            """)
    }

    private func words(of mail: AccountMail) -> (subject: String, text: String) {
        switch mail {
        case .confirmAddress(_, let token):
            (
                "Confirm your e-mail address",
                """
                Somebody, probably you, has made an account at \(site) with this address.

                Confirm that it is yours, within 24 hours:
                \(link("verify", token))

                If it was not you, do nothing.
                """
            )
        case .accountExists:
            (
                "You have an account already",
                """
                Somebody, probably you, has tried to make an account at \(site) with this address. It has one.

                Sign in: \(site)/signin
                If you have forgotten the password: \(site)/forgot

                If it was not you, do nothing: nothing was changed.
                """
            )
        case .resetPassword(_, let token):
            (
                "Choose a new password",
                """
                Somebody, probably you, has asked for a new password at \(site).

                Choose it, within 30 minutes:
                \(link("reset", token))

                If it was not you, do nothing: your password stays as it is.
                """
            )
        case .invitation(_, _, let token):
            (
                "You are invited",
                """
                You are invited to make an account at \(site).

                Make it, within 7 days:
                \(link("invitation", token))
                """
            )
        case .noAccount:
            (
                "There is no account with this address",
                """
                Somebody, probably you, has asked for a new password at \(site), where no account has this address.

                If you have an account, it is with another address. If it was not you, do nothing.
                """
            )
        }
    }

    private func link(_ page: String, _ token: OneTimeToken) -> String { "\(site)/\(page)?token=\(token.text)" }

    private func message(to email: EmailAddress, _ subject: String, _ text: String) throws -> NewMessage {
        try NewMessage(
            .email(
                MailMessage(.transactional, from: from, to: Mailbox(email.text), subject: subject, text: text + "\n")))
    }
}
