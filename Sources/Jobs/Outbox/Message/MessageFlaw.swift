import Storage

/// Why something cannot be sent as it is. Nothing of it is quoted.
public enum MessageFlaw: Error, Equatable, Sendable {
    case url
    case eventType
    case notJSON
    case secretName
    case tooLarge(bytes: Int, limit: Int)
    case mailbox
    case subject
    case header
    case emptyText
    case controlCharacters
    case unsubscribeURL
    case noUnsubscribeLink
    case phoneNumber
    case tooLong(segments: Int)
    case idempotencyKey
}

extension MessageFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .url:
            "this is not an address for webhooks: write it like https://example.com/hooks, in at most "
                + "\(WebhookMessage.longestURL) ASCII characters, without a user's name or a fragment"
        case .eventType:
            "this is not a type of event: write it like job.completed, in at most \(WebhookMessage.longestType) letters, "
                + "digits, '_', '-' and '.'"
        case .notJSON: "the body of the webhook is not JSON: encode it before"
        case .secretName:
            "the name of a secret has 1 to \(WebhookMessage.longestSecretName) printable ASCII characters, and is not the "
                + "secret itself: those begin with whsec_"
        case .tooLarge(let bytes, let limit):
            "a message of \(bytes) bytes: at most \(limit) fit; let it link to the rest"
        case .mailbox:
            "this is not a mailbox: write its address like name@example.com in ASCII, and its name without control "
                + "characters"
        case .subject: "the subject is empty, too long or has control characters: write one line"
        case .header:
            "this header cannot be set: use printable ASCII in one line, and none that the message writes itself"
        case .emptyText: "the message says nothing: give it a text"
        case .controlCharacters: "the text has control characters other than line breaks and tabs: leave them out"
        case .unsubscribeURL:
            "the link for unsubscribing is not an https address: one click must be enough, and private"
        case .noUnsubscribeLink: "the text, or the HTML, does not show the link for unsubscribing: every broadcast must"
        case .phoneNumber: "this is not a phone number: write it like +15551234567, with the country and without spaces"
        case .tooLong(let segments):
            "a text of \(segments) segments: shorten it, or leave out letters that are not in the alphabet of GSM"
        case .idempotencyKey: "an idempotency key has 1 to \(NewMessage.longestKey) bytes, none of them zero"
        }
    }
}

extension String {
    /// Whether it holds none of the characters that end a line or steer a terminal.
    var isOneLine: Bool { !unicodeScalars.contains { $0.isControl || $0.value == 0x2028 || $0.value == 0x2029 } }

    /// Whether it holds no control characters but line breaks and tabs.
    var isPlainText: Bool { !unicodeScalars.contains { $0.isControl && !["\n", "\r", "\t"].contains($0) } }

    var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}

extension Unicode.Scalar {
    private static let delete: UInt32 = 0x7F

    /// C0, DEL and C1.
    fileprivate var isControl: Bool { value < 0x20 || (Self.delete...0x9F).contains(value) }
}
