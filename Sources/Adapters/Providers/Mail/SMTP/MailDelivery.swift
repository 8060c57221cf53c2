/// Which recipients the server took a message for. The others have not got it.
public struct MailDelivery: Equatable, Sendable {
    public enum Outcome: Equatable, Sendable {
        case accepted
        /// May be taken later.
        case deferred(SMTPReply)
        /// Never will be.
        case refused(SMTPReply)
    }

    public struct Recipient: Equatable, Sendable {
        public let address: MailAddress
        public let outcome: Outcome
    }

    /// In the message's order.
    public let recipients: [Recipient]

    public var isComplete: Bool { recipients.allSatisfy { $0.outcome == .accepted } }
}

extension MailDelivery.Outcome {
    init(_ reply: SMTPReply) {
        self =
            switch reply.code {
            case 200..<300: .accepted
            // "Too many recipients" in the words of older servers (RFC 5321 §4.5.3.1.10).
            case 400..<500, 552: .deferred(reply)
            default: .refused(reply)
            }
    }
}
