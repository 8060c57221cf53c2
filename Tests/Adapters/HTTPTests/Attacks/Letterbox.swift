import Jobs
import Synchronization
import Testing
import WaxwingService

/// Keeps the mails of a service at `https://sounds.example.com`.
final class Letterbox: MailSender {
    private let kept = Mutex<[MailMessage]>([])
    var mails: [MailMessage] { kept.withLock { $0 } }

    func send(_ mail: MailMessage, id: MessageID) async throws(DeliveryFailure) -> String? {
        kept.withLock { $0.append(mail) }
        return nil
    }

    func options(_ change: (inout SignInOptions) -> Void = { _ in }) throws -> SignInOptions {
        var options = SignInOptions()
        options.mail = .init(
            AccountLetters(from: try Mailbox("sounds@example.com"), site: "https://sounds.example.com"), by: self)
        change(&options)
        return options
    }

    /// The token of the link in the last mail to an address.
    func token(to address: String) throws -> String {
        let mail = try #require(mails.last { $0.to.address == address })
        return String(try #require(mail.text.firstMatch(of: /\?token=([\w-]+)/)).1)
    }
}
