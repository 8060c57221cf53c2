/// A webhook as it is posted.
public struct WebhookRequest: Equatable, Sendable {
    public let id: MessageID
    public let url: String
    /// To be sent as it is: the signature is over these bytes.
    public let body: [UInt8]
    public let signature: WebhookHeaders

    public init(id: MessageID, url: String, body: [UInt8], signature: WebhookHeaders) {
        (self.id, self.url, self.body, self.signature) = (id, url, body, signature)
    }

    /// All headers that the message needs; the sender adds its own, as `User-Agent`.
    public var headers: [(name: String, value: String)] {
        [(name: "content-type", value: "application/json")] + signature.fields
    }
}
