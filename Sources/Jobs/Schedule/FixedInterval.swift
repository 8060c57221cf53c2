import Storage

/// A recurrence at equal distances, counted from an anchor: so all machines agree on the slots, whenever they were started.
///
/// With the usual anchor, 1970-01-01T00:00:00Z, every five minutes is at :00, :05, :10, …
public struct FixedInterval: Hashable, Sendable {
    /// 1 second to 366 days.
    public static let allowed = 1...31_622_400

    public let seconds: Int
    /// A moment that is a slot; those before it are slots, too.
    public let anchor: Timestamp

    /// - Parameter interval: whole seconds, within ``allowed``.
    public init(
        _ interval: Duration, from anchor: Timestamp = Timestamp(milliseconds: 0)
    ) throws(RecurrenceError) {
        let (whole, fraction) = interval.components
        guard fraction == 0, let seconds = Int(exactly: whole), Self.allowed.contains(seconds) else {
            throw .interval("\(interval)")
        }
        guard Recurrence.years.contains(anchor) else { throw .anchor(anchor) }
        (self.seconds, self.anchor) = (seconds, anchor)
    }

    private var milliseconds: Int64 { Int64(clamping: seconds) * 1000 }

    func next(after moment: Timestamp) -> Timestamp? {
        let (years, distance) = (Recurrence.years, milliseconds)
        let after = max(moment.milliseconds, years.lowerBound.milliseconds - 1)
        guard after < years.upperBound.milliseconds else { return nil }
        let count = (after - anchor.milliseconds).dividedDown(by: distance).quotient + 1
        let slot = Timestamp(milliseconds: anchor.milliseconds + count * distance)
        return years.contains(slot) ? slot : nil
    }

    func previous(before moment: Timestamp) -> Timestamp? {
        let (years, distance) = (Recurrence.years, milliseconds)
        let before = min(moment.milliseconds, years.upperBound.milliseconds)
        guard before > years.lowerBound.milliseconds else { return nil }
        let count = (before - anchor.milliseconds).dividedUp(by: distance) - 1
        let slot = Timestamp(milliseconds: anchor.milliseconds + count * distance)
        return years.contains(slot) ? slot : nil
    }
}
