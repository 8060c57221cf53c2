import Foundation

/// A stretch of time in which the clocks of a zone keep one distance from UTC. Seconds since 1970-01-01T00:00:00, of UTC or
/// as the clocks show them.
struct ZoneSpan: Equatable {
    let start: Int
    let end: Int
    /// How far the clocks are ahead of UTC.
    let offset: Int
    /// The latest time that the clocks have shown before: earlier than at the start if some was skipped, later if some
    /// comes again.
    let shownBefore: Int

    var shownFirst: Int { start + offset }
}

/// The spans from one instant to another, in order; none is longer than a day.
///
/// Only the offset at an instant is asked for, not when it changes next: systems know all of the former, but not all of the
/// latter, as when a land crosses the date line. Two changes within a day would be taken for one.
struct ZoneSpans: Sequence, IteratorProtocol {
    private let zone: TimeZone?
    private let end: Int
    private var position: Int
    private var offset: Int
    private var shown: Int

    /// - Parameter zone: nil for UTC.
    init(of zone: TimeZone?, from start: Int, to end: Int) {
        (self.zone, self.end, position) = (zone, end, start)
        offset = Self.offset(of: zone, at: start)
        shown = start + offset
    }

    mutating func next() -> ZoneSpan? {
        guard position < end else { return nil }
        let limit = Swift.min(position + 86_400, end)
        let offsetThen = Self.offset(of: zone, at: limit)
        let change = offsetThen == offset ? limit : change(before: limit)
        let span = ZoneSpan(start: position, end: change, offset: offset, shownBefore: shown)
        shown = Swift.max(shown, change + offset)
        position = change
        offset = change == limit ? offsetThen : Self.offset(of: zone, at: change)
        return span
    }

    /// The first second with another offset, given that there is one until `limit`.
    private func change(before limit: Int) -> Int {
        var (same, other) = (position, limit)
        while other - same > 1 {
            let middle = same + (other - same) / 2
            if Self.offset(of: zone, at: middle) == offset { same = middle } else { other = middle }
        }
        return other
    }

    private static func offset(of zone: TimeZone?, at second: Int) -> Int {
        zone?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))) ?? 0
    }
}
