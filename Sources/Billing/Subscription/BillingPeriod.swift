import Storage

/// What one invoice pays for: from `start` until before `end`.
public struct BillingPeriod: Equatable, Sendable, Codable {
    public let start: Timestamp
    public let end: Timestamp

    /// Nil unless it begins before it ends.
    public init?(start: Timestamp, end: Timestamp) {
        guard start < end else { return nil }
        (self.start, self.end) = (start, end)
    }

    public func contains(_ moment: Timestamp) -> Bool { start <= moment && moment < end }
}
