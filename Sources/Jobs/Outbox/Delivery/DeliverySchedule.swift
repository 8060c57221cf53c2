import Storage

/// When a message is tried again, and when it is given up.
///
/// | failure | wait | since the first attempt |
/// | --- | --- | --- |
/// | 1, 2, 3 | 1 s, 2 s, 4 s | 7 s |
/// | 4 | 30 s | 37 s |
/// | 5, 6 | 5 min each | 11 min |
/// | 7 | 15 min | 26 min |
/// | 8 | 30 min | 56 min |
/// | 9 | 1 h | 1 h 56 min |
/// | 10 | 2 h | 3 h 56 min |
/// | 11 | 4 h | 7 h 56 min |
/// | 12 | 8 h | 15 h 56 min |
/// | 13 | 12 h | 27 h 56 min |
/// | 14 | 24 h | 51 h 56 min |
///
/// Up to a quarter is taken off each wait, so that messages that failed together do not come back together. A text to a
/// phone is not worth sending after hours: it is given up after failure 11, the others after failure 15.
///
/// Source: Standard Webhooks 1.0.0, "Deliverability and reliability" (over days, exponentially, with jitter).
public struct DeliverySchedule: Equatable, Sendable {
    /// The wait after the first failure, the second, …; the failure after the last of them is the end.
    public var waits: [Duration]
    /// The longest wait that a receiver may ask for; who asks for more is asked again then.
    public var longestRetryAfter = Duration.seconds(86_400)

    public init(waits: [Duration]) {
        self.waits = waits
    }

    /// What the table says.
    public static func usual(for kind: MessageKind) -> DeliverySchedule {
        switch kind {
        case .webhook, .email: DeliverySchedule(waits: table)
        case .sms: DeliverySchedule(waits: Array(table.prefix(10)))
        }
    }

    /// Attempts in all.
    public var attempts: Int { waits.count + 1 }

    private static let table: [Duration] =
        [1, 2, 4, 30, 300, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400].map { .seconds($0) }

    /// The wait after failure number `count` (1, 2, …).
    ///
    /// What the receiver asked for is kept, up to ``longestRetryAfter``, and up to a quarter is added to it; it never makes
    /// a wait shorter, nor a message live longer than its attempts.
    ///
    /// - Parameter jitter: 0…1; 0 for the full wait of the table, or exactly what was asked for.
    /// - Returns: nil when the message is to be given up.
    public func wait(afterFailure count: Int, _ failure: DeliveryFailure, jitter: Double) -> Duration? {
        guard count >= 1, count <= waits.count else { return nil }
        let spread = 0.25 * min(max(jitter, 0), 1)
        let wait = waits[count - 1] * (1 - spread)
        switch failure {
        case .final: return nil
        case .passing: return wait
        case .later(let asked, _): return max(wait, min(max(asked, .zero), longestRetryAfter) * (1 + spread))
        }
    }
}
