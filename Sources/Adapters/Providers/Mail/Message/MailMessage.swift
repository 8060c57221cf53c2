/// One message, as text and perhaps as HTML too.
///
/// Every recipient sees all the others: what many receive is one message for each.
public struct MailMessage: Sendable {
    /// Of one message; servers need not take more.
    public static let mostRecipients = 100

    /// The same for every attempt to send the message, so that who receives it twice can tell.
    public let id: String
    public let from: Mailbox
    public let to: [Mailbox]
    public let subject: String
    public let text: String
    public var html: String?
    public var replyTo: Mailbox?
    public var unsubscribe: Unsubscribe?

    /// How a recipient of many messages ends them.
    public struct Unsubscribe: Hashable, Sendable {
        /// Takes a `POST` of `List-Unsubscribe=One-Click`, without cookies or questions (RFC 8058).
        public let url: String
        public let mail: MailAddress?

        public init(url: String, mail: MailAddress? = nil) throws(MailProblem) {
            let isPlain = url.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E && $0 != 0x2C }
            guard url.hasPrefix("https://"), url.utf8.count <= 900, isPlain else { throw .unsubscribe }
            (self.url, self.mail) = (url, mail)
        }
    }

    /// - Parameter id: of letters, digits, dots, hyphens and underscores; the message's own idempotency key is meant.
    public init(
        id: String, from: Mailbox, to: [Mailbox], subject: String, text: String
    ) throws(MailProblem) {
        let isName = id.utf8.allSatisfy {
            switch $0 {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            default: false
            }
        }
        let hasEmptyPart = id.split(separator: ".", omittingEmptySubsequences: false).contains("")
        guard (1...128).contains(id.utf8.count), isName, !hasEmptyPart else { throw .identifier }
        guard (1...Self.mostRecipients).contains(to.count) else { throw .recipients(limit: Self.mostRecipients) }
        try MailProblem.checkLine(subject, of: "the subject")
        (self.id, self.from, self.to, self.subject, self.text) = (id, from, to, subject, text)
    }

    /// Some address needs a server that offers `SMTPUTF8`.
    var isInternational: Bool {
        ([from, replyTo].compactMap(\.self) + to).contains { $0.address.isInternational }
    }
}
