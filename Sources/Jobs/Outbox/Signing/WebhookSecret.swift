import Crypto
import Foundation

/// What a sender and a receiver of webhooks share: 24 to 64 random bytes, written as `whsec_` and base64.
///
/// Each receiver has its own. It is kept where secrets are kept, and shown once; it does not show when printed.
///
/// Source: Standard Webhooks 1.0.0, "Signature scheme".
public struct WebhookSecret: Sendable {
    public static let prefix = "whsec_"

    let key: SymmetricKey

    /// Nil for anything but `whsec_` and the strict base64 of 24 to 64 bytes.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count <= 100,
            let bytes = StrictBase64.decode(text.dropFirst(Self.prefix.count))
        else { return nil }
        self.init(bytes)
    }

    /// Nil unless there are 24 to 64 bytes, which are to be random.
    public init?(_ bytes: [UInt8]) {
        guard (24...64).contains(bytes.count) else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// 32 random bytes.
    public static func random() -> WebhookSecret {
        WebhookSecret(key: SymmetricKey(size: .bits256))
    }

    private init(key: SymmetricKey) {
        self.key = key
    }

    /// To be shown to whom it is for, and to be kept.
    public var text: String {
        Self.prefix + key.withUnsafeBytes { Data($0) }.base64EncodedString()
    }

    /// HMAC-SHA-256 over `id.timestamp.body`.
    func code(id: String, timestamp: String, body: [UInt8]) -> HMAC<SHA256>.MAC {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return code.finalize()
    }
}

extension WebhookSecret: Equatable, CustomStringConvertible, CustomReflectable {
    public var description: String { "\(Self.prefix)…" }

    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Base64 with one spelling for each value.
enum StrictBase64 {
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let text = String(text)
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
        return Array(data)
    }
}
