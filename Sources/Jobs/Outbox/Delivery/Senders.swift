/// Posts webhooks.
///
/// It follows no redirects, checks at connect that the address is none of the service's own network, and takes 15 to 30 s
/// for the whole attempt. What an answer means is ``WebhookAnswer``'s to say.
public protocol WebhookSender: Sendable {
    /// - Throws: ``DeliveryFailure`` when there was no answer.
    func send(_ request: WebhookRequest) async throws(DeliveryFailure) -> WebhookAnswer
}

/// Finds what webhooks are signed with.
public protocol WebhookSecrets: Sendable {
    /// The secrets that are in force under the name that a message carries: the newest first, and after it those that its
    /// receiver may still know, while they are rotated.
    ///
    /// - Throws: ``DeliveryFailure/final(_:)`` when nobody is to get the message any more.
    func secrets(named name: String) async throws(DeliveryFailure) -> [WebhookSecret]
}

/// Hands e-mails to a provider.
public protocol MailSender: Sendable {
    /// - Parameter id: for the provider, as its idempotency key: the same in every attempt.
    /// - Returns: the provider's name for the message, if it gave one.
    func send(_ mail: MailMessage, id: MessageID) async throws(DeliveryFailure) -> String?
}

/// Hands texts to a provider.
public protocol TextMessageSender: Sendable {
    /// - Parameter id: for the provider, as its idempotency key: the same in every attempt.
    /// - Returns: the provider's name for the message, if it gave one.
    func send(_ text: TextMessage, id: MessageID) async throws(DeliveryFailure) -> String?
}

/// Who sends what. A kind without a sender waits, attempt by attempt, for one to be set up.
public struct MessageSenders: Sendable {
    public var webhooks: (any WebhookSender)?
    public var webhookSecrets: (any WebhookSecrets)?
    public var mail: (any MailSender)?
    public var texts: (any TextMessageSender)?

    public init(
        webhooks: (any WebhookSender)? = nil, webhookSecrets: (any WebhookSecrets)? = nil,
        mail: (any MailSender)? = nil, texts: (any TextMessageSender)? = nil
    ) {
        (self.webhooks, self.webhookSecrets) = (webhooks, webhookSecrets)
        (self.mail, self.texts) = (mail, texts)
    }
}
