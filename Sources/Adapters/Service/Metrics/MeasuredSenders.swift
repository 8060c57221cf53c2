import Jobs

/// A mail server whose answers are counted.
struct MeasuredMail: MailSender {
    let sender: any MailSender
    let metrics: MetricRegistry

    func send(_ mail: MailMessage, id: MessageID) async throws(DeliveryFailure) -> String? {
        do {
            let name = try await sender.send(mail, id: id)
            metrics.add(to: .messages, "mail", "sent")
            return name
        } catch {
            metrics.add(to: .messages, "mail", error.outcome)
            throw error
        }
    }
}

/// A way to receivers of webhooks, whose answers are counted.
struct MeasuredWebhooks: WebhookSender {
    let sender: any WebhookSender
    let metrics: MetricRegistry

    func send(_ request: WebhookRequest) async throws(DeliveryFailure) -> WebhookAnswer {
        do {
            let answer = try await sender.send(request)
            metrics.add(to: .messages, "webhook", "sent")
            return answer
        } catch {
            metrics.add(to: .messages, "webhook", error.outcome)
            throw error
        }
    }
}

extension DeliveryFailure {
    fileprivate var outcome: String {
        switch self {
        case .passing, .later: "passing"
        case .final: "refused"
        }
    }
}

extension MessageSenders {
    func measured(by metrics: MetricRegistry) -> MessageSenders {
        var senders = self
        senders.mail = mail.map { MeasuredMail(sender: $0, metrics: metrics) }
        senders.webhooks = webhooks.map { MeasuredWebhooks(sender: $0, metrics: metrics) }
        return senders
    }
}
