import Foundation
import Storage

/// What is sent, and how.
public enum MessageContent: Equatable, Sendable {
    case webhook(WebhookMessage)
    case email(MailMessage)
    case sms(TextMessage)

    public var kind: MessageKind {
        switch self {
        case .webhook: .webhook
        case .email: .email
        case .sms: .sms
        }
    }
}

public enum MessageKind: String, Codable, Sendable, SQLConvertible, CaseIterable {
    case webhook, email, sms
}

/// In a column of its own beside the kind.
extension MessageContent {
    func json() throws -> String {
        switch self {
        case .webhook(let webhook): try JSONText.encode(webhook)
        case .email(let mail): try JSONText.encode(mail)
        case .sms(let text): try JSONText.encode(text)
        }
    }

    /// Checked as when it was made: what a row says may have been changed by hand.
    init?(_ kind: MessageKind, json: String) {
        let data = Data(json.utf8)
        do {
            switch kind {
            case .webhook: self = .webhook(try JSONDecoder().decode(WebhookMessage.self, from: data))
            case .email: self = .email(try JSONDecoder().decode(MailMessage.self, from: data))
            case .sms: self = .sms(try JSONDecoder().decode(TextMessage.self, from: data))
            }
        } catch {
            // The error itself may quote the message.
            return nil
        }
    }
}
