import Crypto
import Storage

/// Tells whether a webhook comes from who knows the secret, unchanged and just now.
///
/// Every secret is compared with every signature in constant time; that others are on the list, of other schemes or made
/// with a secret that is not known here, does no harm. An id stays good for as long as the tolerance lasts: who must not act
/// twice keeps the ids for that long.
///
/// Source: Standard Webhooks 1.0.0, "Verifying signatures".
public struct WebhookVerifier: Sendable {
    public static let longestID = 256
    public static let longestSignature = 4_096

    private let secrets: [WebhookSecret]
    private let tolerance: Duration

    /// - Parameters:
    ///   - others: that are good as well, while the secret is rotated.
    ///   - tolerance: between the sender's clock and this one, either way, with the request's journey.
    public init(_ secret: WebhookSecret, also others: [WebhookSecret] = [], tolerance: Duration = .seconds(300)) {
        (secrets, self.tolerance) = ([secret] + others, tolerance)
    }

    /// - Parameters:
    ///   - headers: as they came, not checked in any way before.
    ///   - body: the raw bytes, as they came.
    /// - Returns: the message's id, by which to tell a repeat.
    @discardableResult
    public func verify(
        _ headers: WebhookHeaders, body: [UInt8], at now: Timestamp
    ) throws(WebhookRefusal) -> String {
        // With a dot in it, one text could be cut into id, time and body in two ways.
        guard (1...Self.longestID).contains(headers.id.utf8.count), headers.id.utf8.isVisibleASCII,
            !headers.id.contains("."), let time = Self.time(headers.timestamp),
            let signatures = Self.signatures(headers.signature)
        else { throw .malformed }
        var matches = 0
        for secret in secrets {
            let code = secret.code(id: headers.id, timestamp: headers.timestamp, body: body)
            for signature in signatures where code == signature { matches += 1 }
        }
        guard matches > 0 else { throw .wrongSignature }
        guard now - time <= tolerance else { throw .tooOld }
        guard time - now <= tolerance else { throw .inTheFuture }
        return headers.id
    }

    private static func time(_ text: String) -> Timestamp? {
        guard (1...11).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(text)
        else { return nil }
        return Timestamp(milliseconds: seconds * 1_000)
    }

    /// Those of the scheme that is known here; nil for a text that is no list of signatures.
    private static func signatures(_ text: String) -> [[UInt8]]? {
        guard text.utf8.count <= longestSignature else { return nil }
        var signatures: [[UInt8]] = []
        for entry in text.split(separator: " ", omittingEmptySubsequences: false) {
            let parts = entry.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            if parts[0] == "v1", let signature = StrictBase64.decode(parts[1]) { signatures.append(signature) }
        }
        return signatures
    }
}

/// Why a webhook was not accepted. Who sent it is not told more than that it was not.
public enum WebhookRefusal: Error, Equatable, Sendable {
    case malformed
    case wrongSignature
    case tooOld
    case inTheFuture
}

extension WebhookRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed:
            "the headers \(WebhookHeaders.idName), \(WebhookHeaders.timestampName) and \(WebhookHeaders.signatureName) are "
                + "not those of a webhook: compare them with standardwebhooks.com"
        case .wrongSignature:
            "no signature fits: check that the secret is the sender's, and that the body is taken as it came"
        case .tooOld: "the webhook is too old, or a repeat: if all are, check the clocks"
        case .inTheFuture: "the webhook is from the future: check the clocks"
        }
    }
}
