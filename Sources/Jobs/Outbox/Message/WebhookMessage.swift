import Foundation
import Storage

/// An event told to an address by HTTP POST, signed after Standard Webhooks.
public struct WebhookMessage: Equatable, Sendable {
    public static let largestBody = 128 << 10
    public static let longestURL = 2_048
    public static let longestType = 100
    public static let longestSecretName = 200

    /// `http` or `https`. Whether the address may be reached is the sender's to check, when it connects.
    public let url: String
    /// What kind of event, as `job.completed`.
    public let type: String
    /// JSON. The same bytes in every attempt, as the receiver checks the signature over them.
    public let body: String
    /// By which ``WebhookSecrets`` finds what to sign with. Never the secret itself: rows are read, dumped and backed up.
    public let secretName: String

    /// An event in the form that Standard Webhooks recommends: `{"data": …, "timestamp": …, "type": …}`.
    ///
    /// - Throws: ``MessageFlaw``, or an `EncodingError` for numbers that JSON has not.
    public init(
        to url: String, type: String, occurredAt: Timestamp, data: some Encodable, secretName: String
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(Event(type: type, timestamp: occurredAt, data: data))
        try self.init(to: url, type: type, body: String(decoding: body, as: UTF8.self), secretName: secretName)
    }

    /// An event whose body is already written.
    public init(to url: String, type: String, body: String, secretName: String) throws(MessageFlaw) {
        guard Self.isAddress(url) else { throw .url }
        guard (1...Self.longestType).contains(type.utf8.count), type.utf8.allSatisfy(Self.isInType) else {
            throw .eventType
        }
        guard body.utf8.count <= Self.largestBody else {
            throw .tooLarge(bytes: body.utf8.count, limit: Self.largestBody)
        }
        guard (try? JSONSerialization.jsonObject(with: Data(body.utf8), options: .fragmentsAllowed)) != nil else {
            throw .notJSON
        }
        guard (1...Self.longestSecretName).contains(secretName.utf8.count), secretName.utf8.isVisibleASCII,
            !secretName.hasPrefix(WebhookSecret.prefix)
        else { throw .secretName }
        (self.url, self.type, self.body, self.secretName) = (url, type, body, secretName)
    }

    private struct Event<Payload: Encodable>: Encodable {
        let type: String
        let timestamp: Timestamp
        let data: Payload
    }

    private static func isAddress(_ url: String) -> Bool {
        guard url.utf8.count <= longestURL, url.utf8.isVisibleASCII, let parts = URLComponents(string: url),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty
        else { return false }
        return parts.user == nil && parts.password == nil && parts.fragment == nil
    }

    private static func isInType(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": true
        default: false
        }
    }
}

extension WebhookMessage: Codable {
    private enum CodingKeys: String, CodingKey {
        case url, type, body, secretName
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            to: try values.decode(String.self, forKey: .url), type: try values.decode(String.self, forKey: .type),
            body: try values.decode(String.self, forKey: .body),
            secretName: try values.decode(String.self, forKey: .secretName))
    }
}
