import Storage

/// From the minutes of the calendar to instants. Below, seconds are counted from 1970-01-01T00:00:00Z.
extension CronExpression {
    /// The first slot after `moment`; nil if there is none before the year 10,000.
    ///
    /// - Complexity: a few hundred months are looked at, and the offset of the zone is asked for ten times; twenty times
    ///   more where the clocks change.
    public func next(after moment: Timestamp) -> Timestamp? {
        var from = max(moment.wholeSeconds + 1, 0)
        while from < Self.end {
            // No slot is further than this from the time that the clock shows then: what lies before is empty.
            let shown = (from - Self.far).dividedDown(by: 60).quotient
            guard let minute = pattern.first(from: shown, before: (Self.end + Self.far) / 60) else { return nil }
            from = max(from, minute * 60 - Self.far)
            let until = min(max(from, minute * 60) + 2 * Self.far, Self.end)
            for span in spans(from: from, to: until) {
                if let slot = first(in: span, from: from) { return Timestamp(seconds: slot) }
            }
            from = until
        }
        return nil
    }

    /// The last slot before `moment`; nil if there is none since 1970.
    ///
    /// - Complexity: as of ``next(after:)``.
    public func previous(before moment: Timestamp) -> Timestamp? {
        var until = min(moment.wholeSecondsUp, Self.end)
        while until > 0 {
            guard let minute = pattern.last(from: -Self.far / 60, before: (until + Self.far).dividedUp(by: 60)) else {
                return nil
            }
            until = min(until, minute * 60 + Self.far + 1)
            let from = max(min(until, minute * 60) - 2 * Self.far, 0)
            let slots = spans(from: from, to: until).compactMap { last(in: $0, from: from, before: until) }
            if let slot = slots.last { return Timestamp(seconds: slot) }
            until = from
        }
        return nil
    }

    /// Begins earlier than `from`, so that a change of clocks shortly before it is seen.
    private func spans(from: Int, to end: Int) -> ZoneSpans {
        ZoneSpans(of: zone, from: from - 2 * Self.far, to: end)
    }

    private func first(in span: ZoneSpan, from: Int) -> Int? {
        if from <= span.start, skipsTime(span) { return span.start }
        let shown = max(firstShown(in: span), from + span.offset)
        let minute = pattern.first(from: shown.dividedUp(by: 60), before: (span.end + span.offset).dividedUp(by: 60))
        return minute.map { $0 * 60 - span.offset }
    }

    private func last(in span: ZoneSpan, from: Int, before end: Int) -> Int? {
        let shown = max(firstShown(in: span), from + span.offset)
        let shownLast = min(span.end, end) + span.offset
        if let minute = pattern.last(from: shown.dividedUp(by: 60), before: shownLast.dividedUp(by: 60)) {
            return minute * 60 - span.offset
        }
        return from <= span.start && span.start < end && skipsTime(span) ? span.start : nil
    }

    /// Times that come again count for those only who follow the clock.
    private func firstShown(in span: ZoneSpan) -> Int {
        followsClock ? span.shownFirst : max(span.shownFirst, span.shownBefore)
    }

    /// Whether the clocks went over a time that is not to be left out.
    private func skipsTime(_ span: ZoneSpan) -> Bool {
        guard !followsClock, span.shownBefore < span.shownFirst else { return false }
        let (from, until) = (span.shownBefore.dividedUp(by: 60), span.shownFirst.dividedUp(by: 60))
        return pattern.first(from: from, before: until) != nil
    }

    /// More than any zone was ever away from UTC.
    private static let far = 86_400
    private static let end = CalendarMonth(year: 10_000, number: 1).firstDay * 86_400
}

extension Timestamp {
    fileprivate init(seconds: Int) {
        self.init(milliseconds: Int64(clamping: seconds) * 1000)
    }

    /// Rounded down.
    fileprivate var wholeSeconds: Int { Int(clamping: milliseconds.dividedDown(by: 1000).quotient) }

    /// Rounded up.
    fileprivate var wholeSecondsUp: Int { Int(clamping: milliseconds.dividedUp(by: 1000)) }
}
