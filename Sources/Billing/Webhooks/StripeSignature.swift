import Crypto
import Storage

/// Tells whether a webhook comes from the payment provider, unchanged and just now.
///
/// The header is `t=<seconds since 1970>,v1=<hex>`, once more `,v1=<hex>` for each further secret; the code is HMAC-SHA-256 over
/// `t`, a dot and the raw bytes of the body. Others of the list, made in other ways, are passed over.
///
/// Source: Stripe, "Receive Stripe events in your webhook endpoint", verify manually.
public struct StripeSignature: Sendable {
    /// Of a header, in bytes.
    public static let longestHeader = 4_096
    /// In a header: each costs a comparison.
    public static let mostCodes = 16

    private let keys: [SymmetricKey]
    private let tolerance: Duration

    /// - Parameters:
    ///   - secrets: `whsec_…`, as they are, each good while they are exchanged; an empty one is none, and none refuses all.
    ///   - tolerance: between the provider's clock and this one, either way, with the journey.
    public init(secrets: [String], tolerance: Duration = .seconds(300)) {
        keys = secrets.filter { !$0.isEmpty }.map { SymmetricKey(data: Array($0.utf8)) }
        self.tolerance = tolerance
    }

    /// - Parameters:
    ///   - header: `Stripe-Signature`, as it came. A request with several of them is to be refused.
    ///   - body: the raw bytes, as they came.
    public func verify(_ header: String, body: [UInt8], at now: Timestamp) throws(StripeSignatureFlaw) {
        guard let parts = Parts(header) else { throw .malformed }
        var matches = 0
        for key in keys {
            let code = Self.code(time: parts.time, body: body, key: key)
            for given in parts.codes where code == given { matches += 1 }
        }
        guard matches > 0 else { throw .wrongCode }
        guard now - parts.moment <= tolerance else { throw .tooOld }
        guard parts.moment - now <= tolerance else { throw .inTheFuture }
    }

    /// The header that ``verify(_:body:at:)`` takes, for programs that act as the provider.
    ///
    /// - Returns: nil where no secret is known.
    public func header(for body: [UInt8], at moment: Timestamp) -> String? {
        guard !keys.isEmpty else { return nil }
        let time = String(moment.milliseconds / 1_000)
        let codes = keys.map { "v1=\(Checksum.hex(Self.code(time: time, body: body, key: $0)))" }
        return (["t=\(time)"] + codes).joined(separator: ",")
    }

    private static func code(time: String, body: [UInt8], key: SymmetricKey) -> HMAC<SHA256>.MAC {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("\(time).".utf8))
        code.update(data: body)
        return code.finalize()
    }

    /// What a header says.
    private struct Parts {
        /// As it was written: the code is over that.
        let time: String
        let moment: Timestamp
        let codes: [[UInt8]]

        init?(_ header: String) {
            guard header.utf8.count <= StripeSignature.longestHeader,
                header.utf8.isVisibleASCII
            else { return nil }
            var (times, codes) = ([String](), [[UInt8]]())
            for part in header.split(separator: ",", omittingEmptySubsequences: false) {
                let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard pair.count == 2, !pair[0].isEmpty else { return nil }
                switch pair[0] {
                case "t": times.append(String(pair[1]))
                case "v1":
                    guard let code = Self.bytes(hex: pair[1]) else { return nil }
                    codes.append(code)
                default: break
                }
            }
            // Of two times nobody knows which one was meant.
            guard times.count == 1, (1...11).contains(times[0].utf8.count),
                times[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seconds = Int64(times[0]),
                codes.count <= StripeSignature.mostCodes
            else { return nil }
            (time, moment, self.codes) = (times[0], Timestamp(milliseconds: seconds * 1_000), codes)
        }

        /// Nil for anything but 64 digits in lower case.
        private static func bytes(hex text: Substring) -> [UInt8]? {
            guard text.utf8.count == 64 else { return nil }
            var (bytes, high): ([UInt8], UInt8?) = ([], nil)
            for character in text.utf8 {
                let digit: UInt8
                switch character {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
                default: return nil
                }
                if let first = high {
                    bytes.append(first << 4 | digit)
                    high = nil
                } else {
                    high = digit
                }
            }
            return bytes
        }
    }
}

extension StripeSignature: CustomStringConvertible, CustomReflectable {
    public var description: String { "StripeSignature(\(keys.count) secrets)" }

    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why a webhook was not accepted. Who sent it is not told more than that it was not.
public enum StripeSignatureFlaw: Error, Equatable, Sendable {
    case malformed
    case wrongCode
    case tooOld
    case inTheFuture
}

extension StripeSignatureFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed: "the header Stripe-Signature is not one: compare it with the provider's documentation"
        case .wrongCode:
            "no signature fits: check that the secret is this endpoint's, and that the body is taken as it came"
        case .tooOld: "the webhook is too old, or a repeat: if all are, check the clocks"
        case .inTheFuture: "the webhook is from the future: check the clocks"
        }
    }
}
