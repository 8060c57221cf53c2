import Jobs
import Synchronization
import Testing

@testable import WaxwingService

/// Keeps what is sent.
final class Letterbox: MailSender {
    private let kept = Mutex<[MailMessage]>([])
    var mails: [MailMessage] { kept.withLock { $0 } }

    func send(_ mail: MailMessage, id: MessageID) async throws(DeliveryFailure) -> String? {
        kept.withLock { $0.append(mail) }
        return nil
    }

    /// The token of the last link to a page.
    func token(for page: String) throws -> String {
        let text = try #require(mails.last?.text)
        let link = try #require(text.firstMatch(of: /https:\/\/sounds\.example\.com\/([a-z]+)\?token=([\w-]+)/))
        #expect(String(link.1) == page)
        return String(link.2)
    }
}
