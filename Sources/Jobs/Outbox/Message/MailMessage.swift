import Foundation
import Storage

/// An e-mail to one reader: a message to many is many messages, so that each is delivered, and told about, by itself.
public struct MailMessage: Equatable, Sendable {
    /// What it is sent for.
    public enum Purpose: Equatable, Sendable {
        /// Something the reader asked for or takes part in, as a booking.
        case transactional
        /// The same for many. Its text, and its HTML if it has any, show `unsubscribe`, an `https` address that ends it with
        /// one click and no questions; mail programs are told of it, too.
        ///
        /// Source: RFC 8058 (one-click unsubscribe).
        case broadcast(unsubscribe: String)
    }

    /// Of text and HTML together, bytes.
    public static let largestBody = 512 << 10
    public static let longestSubject = 500

    public let from: Mailbox
    public let to: Mailbox
    public let replyTo: Mailbox?
    public let subject: String
    public let text: String
    /// The same as `text`, for those whose program shows it.
    public let html: String?
    public let headers: [MailHeader]
    let unsubscribe: String?

    public var purpose: Purpose { unsubscribe.map(Purpose.broadcast) ?? .transactional }

    /// All headers beyond those that every e-mail has: the given ones, and those of a broadcast.
    public var allHeaders: [MailHeader] {
        guard let unsubscribe else { return headers }
        return headers + [
            MailHeader(wellFormed: "List-Unsubscribe", "<\(unsubscribe)>"),
            MailHeader(wellFormed: "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    }

    public init(
        _ purpose: Purpose, from: Mailbox, to: Mailbox, replyTo: Mailbox? = nil, subject: String, text: String,
        html: String? = nil, headers: [MailHeader] = []
    ) throws(MessageFlaw) {
        guard !subject.isBlank, subject.utf8.count <= Self.longestSubject, subject.isOneLine else { throw .subject }
        guard !text.isBlank else { throw .emptyText }
        guard text.isPlainText, html?.isPlainText ?? true else { throw .controlCharacters }
        let size = text.utf8.count + (html?.utf8.count ?? 0)
        guard size <= Self.largestBody else { throw .tooLarge(bytes: size, limit: Self.largestBody) }
        unsubscribe =
            switch purpose {
            case .transactional: nil
            case .broadcast(let link): link
            }
        (self.from, self.to, self.replyTo, self.subject) = (from, to, replyTo, subject)
        (self.text, self.html, self.headers) = (text, html, headers)
        if let unsubscribe { try checkUnsubscribing(by: unsubscribe) }
    }

    private func checkUnsubscribing(by link: String) throws(MessageFlaw) {
        // In its header, an angle bracket would end the link, and a comma begin another.
        guard link.utf8.count <= 900, link.utf8.isVisibleASCII, !link.contains(where: { "<>,".contains($0) }),
            let parts = URLComponents(string: link), parts.scheme?.lowercased() == "https", parts.host?.isEmpty == false
        else { throw .unsubscribeURL }
        let inHTML = html.map { $0.contains(link) || $0.contains(link.replacing("&", with: "&amp;")) } ?? true
        guard text.contains(link), inHTML else { throw .noUnsubscribeLink }
    }
}

extension MailMessage: Codable {
    private enum CodingKeys: String, CodingKey {
        case from, to, replyTo, subject, text, html, headers, unsubscribe
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let unsubscribe = try values.decodeIfPresent(String.self, forKey: .unsubscribe)
        try self.init(
            unsubscribe.map(Purpose.broadcast) ?? .transactional,
            from: try values.decode(Mailbox.self, forKey: .from), to: try values.decode(Mailbox.self, forKey: .to),
            replyTo: try values.decodeIfPresent(Mailbox.self, forKey: .replyTo),
            subject: try values.decode(String.self, forKey: .subject),
            text: try values.decode(String.self, forKey: .text),
            html: try values.decodeIfPresent(String.self, forKey: .html),
            headers: try values.decode([MailHeader].self, forKey: .headers))
    }
}
