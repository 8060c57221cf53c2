import Storage

/// A header of an e-mail beyond those that every one has, as `X-Entity-Ref-ID`.
public struct MailHeader: Hashable, Sendable {
    /// RFC 5322 §2.1.1, without the line's end.
    static let longestLine = 998

    public let name: String
    public let value: String

    /// - Parameters:
    ///   - name: any but those that follow from the other parts of a message, or that servers write on its way.
    ///   - value: printable ASCII in one line.
    public init(_ name: String, _ value: String) throws(MessageFlaw) {
        guard !name.isEmpty, name.utf8.isVisibleASCII, !name.contains(":"), !Self.isTaken(name.lowercased()),
            value.utf8.isPrintableASCII, !value.isBlank,
            name.utf8.count + 2 + value.utf8.count <= Self.longestLine
        else { throw .header }
        self.init(wellFormed: name, value)
    }

    init(wellFormed name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }

    private static let taken: Set = [
        "from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version", "return-path",
        "received", "dkim-signature", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
    ]

    private static func isTaken(_ name: String) -> Bool {
        taken.contains(name) || ["content-", "resent-", "arc-"].contains { name.hasPrefix($0) }
    }
}

extension MailHeader: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, value
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(try values.decode(String.self, forKey: .name), try values.decode(String.self, forKey: .value))
    }
}
