/// What Standard Webhooks adds to a request: whose message it is, when this attempt was made, and the signatures over both and
/// the body.
public struct WebhookHeaders: Equatable, Sendable {
    public static let idName = "webhook-id"
    public static let timestampName = "webhook-timestamp"
    public static let signatureName = "webhook-signature"

    public var id: String
    /// Seconds since 1970, in decimal.
    public var timestamp: String
    /// `v1,` and base64, one for each secret, with spaces between them.
    public var signature: String

    public init(id: String, timestamp: String, signature: String) {
        (self.id, self.timestamp, self.signature) = (id, timestamp, signature)
    }

    public var fields: [(name: String, value: String)] {
        [(Self.idName, id), (Self.timestampName, timestamp), (Self.signatureName, signature)]
    }
}
