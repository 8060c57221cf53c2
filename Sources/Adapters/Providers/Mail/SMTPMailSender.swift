import Jobs
import Logging

/// Sends the outbox's e-mails through the operator's server.
///
/// Owners read in their messages what the server said of them, as a code; what is wrong with the server or with the way there
/// is the operator's to know, and goes to the log.
public struct SMTPMailSender: MailSender {
    /// A message that the server may have is not sent again before: to most readers it would be a second one.
    public static let waitForConfirmation = Duration.seconds(900)

    private let client: SMTPClient
    private let logger: Logger

    public init(_ client: SMTPClient, logger: Logger) {
        (self.client, self.logger) = (client, logger)
    }

    /// - Returns: nil: a server has no name for a message but its `Message-ID`.
    public func send(_ mail: MailMessage, id: MessageID) async throws(DeliveryFailure) -> String? {
        do throws(SMTPFailure) {
            try await client.send(mail, id: id)
            return nil
        } catch {
            logger.warning(
                "the mail server has not taken a message",
                metadata: ["message_id": "\(id)", "reason": "\(error)", "may_pass": "\(error.mayPass)"])
            throw error.deliveryFailure
        }
    }
}

extension SMTPFailure {
    fileprivate var deliveryFailure: DeliveryFailure {
        if mayHaveBeenSent {
            return .later(
                after: SMTPMailSender.waitForConfirmation,
                "the mail server did not confirm the message: it may come twice")
        }
        switch reason {
        case .refused(let reply, at: .recipient), .refused(let reply, at: .content), .refused(let reply, at: .message):
            return mayPass ? .passing("the mail server takes the message later (\(reply))") : .final("\(self)")
        default:
            return mayPass ? .passing("the mail server could not take the message now") : .final("\(self)")
        }
    }
}
