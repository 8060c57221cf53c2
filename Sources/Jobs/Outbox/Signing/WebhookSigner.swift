import Foundation
import Storage

/// Signs webhooks, so that receivers can tell who sent them, that nothing was changed, and that they are not old.
///
/// While a secret is rotated there are several, and a signature for each: the receiver changes when it likes.
///
/// ```swift
/// let headers = WebhookSigner(secret).sign(id: message.id.text, body: body, at: clock.now())
/// ```
///
/// Source: Standard Webhooks 1.0.0, <https://www.standardwebhooks.com> (symmetric scheme `v1`: HMAC-SHA-256).
public struct WebhookSigner: Sendable {
    private let secrets: [WebhookSecret]

    /// - Parameter others: that receivers may still know.
    public init(_ secret: WebhookSecret, also others: [WebhookSecret] = []) {
        secrets = [secret] + others
    }

    /// - Parameters:
    ///   - id: the message's, without `.`; the same in every attempt.
    ///   - now: the time of this attempt; receivers refuse what is older than some minutes.
    /// - Complexity: O(secrets × body).
    public func sign(id: String, body: [UInt8], at now: Timestamp) -> WebhookHeaders {
        let timestamp = String(now.milliseconds / 1_000)
        let signatures = secrets.map { secret in
            "v1,\(Data(secret.code(id: id, timestamp: timestamp, body: body)).base64EncodedString())"
        }
        return WebhookHeaders(id: id, timestamp: timestamp, signature: signatures.joined(separator: " "))
    }
}
