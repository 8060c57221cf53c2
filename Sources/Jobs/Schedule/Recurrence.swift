import Storage

/// When something is due, again and again.
///
/// Its text is what crontabs and schedulers commonly write: `0 6 * * *`, `@daily`, `CRON_TZ=Europe/Berlin 0 6 * * *`,
/// `@every 300s`, `@every 604800s from 2026-01-05T00:00:00.000Z`.
public enum Recurrence: Hashable, Sendable {
    case calendar(CronExpression)
    case interval(FixedInterval)

    /// - Throws: ``CronError``.
    public static func cron(_ text: String, in timeZone: String = "UTC") throws(CronError) -> Recurrence {
        .calendar(try CronExpression(text, in: timeZone))
    }

    /// - Throws: ``RecurrenceError`` unless `interval` is whole seconds, 1 s to 366 days.
    public static func every(
        _ interval: Duration, from anchor: Timestamp = Timestamp(milliseconds: 0)
    ) throws(RecurrenceError) -> Recurrence {
        .interval(try FixedInterval(interval, from: anchor))
    }

    /// The first slot after `moment`; nil if there is none before the year 10,000.
    public func next(after moment: Timestamp) -> Timestamp? {
        switch self {
        case .calendar(let expression): expression.next(after: moment)
        case .interval(let interval): interval.next(after: moment)
        }
    }

    /// The last slot before `moment`; nil if there is none since 1970.
    public func previous(before moment: Timestamp) -> Timestamp? {
        switch self {
        case .calendar(let expression): expression.previous(before: moment)
        case .interval(let interval): interval.previous(before: moment)
        }
    }

    /// The slots after `start`, up to `end` and including it, oldest first.
    ///
    /// - Parameter limit: that many of them, the latest.
    /// - Complexity: that of ``previous(before:)``, `limit` times at most.
    public func slots(after start: Timestamp, through end: Timestamp, latest limit: Int) -> [Timestamp] {
        var slots: [Timestamp] = []
        var before = end + .milliseconds(1)
        while slots.count < limit, let slot = previous(before: before), slot > start {
            slots.append(slot)
            before = slot
        }
        return slots.reversed()
    }

    /// In which slots may lie.
    static let years =
        Timestamp(
            milliseconds: 0)..<Timestamp(
            milliseconds: Int64(clamping: CalendarMonth(year: 10_000, number: 1).firstDay) * 86_400_000)
}

extension Recurrence: LosslessStringConvertible {
    public var description: String {
        switch self {
        case .calendar(let cron) where cron.timeZone == "UTC": cron.fields
        case .calendar(let cron): "CRON_TZ=\(cron.timeZone) \(cron.fields)"
        case .interval(let interval) where interval.anchor == Timestamp(milliseconds: 0): "@every \(interval.seconds)s"
        case .interval(let interval): "@every \(interval.seconds)s from \(interval.anchor)"
        }
    }

    /// Nil where ``init(parsing:)`` tells what is wrong.
    public init?(_ text: String) {
        guard let recurrence = try? Recurrence(parsing: text) else { return nil }
        self = recurrence
    }

    /// - Throws: ``CronError`` or ``RecurrenceError``.
    public init(parsing text: String) throws {
        if text.hasPrefix("@every ") {
            self = .interval(try Self.interval(text))
        } else if text.hasPrefix("CRON_TZ=") {
            let parts = text.dropFirst("CRON_TZ=".count).split(separator: " ", maxSplits: 1)
            guard let zone = parts.first, parts.count == 2 else { throw CronError.fieldCount(0) }
            self = try .cron(String(parts[1]), in: String(zone))
        } else {
            self = try .cron(text)
        }
    }

    private static func interval(_ text: String) throws(RecurrenceError) -> FixedInterval {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard words.count == 1 || (words.count == 3 && words[1] == "from"), let length = words.first,
            length.hasSuffix("s"), let seconds = Int64(length.dropLast())
        else { throw .interval(CronError.quoted(text)) }
        guard words.count == 3 else { return try FixedInterval(.seconds(seconds)) }
        guard let anchor = Timestamp(words[2]) else { throw .interval(CronError.quoted(text)) }
        return try FixedInterval(.seconds(seconds), from: anchor)
    }
}

public enum RecurrenceError: Error, Equatable, Sendable {
    /// The distance is not whole seconds, or out of range.
    case interval(String)
    case anchor(Timestamp)
}

extension RecurrenceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .interval(let found):
            """
            \(found) is no interval: use whole seconds, 1 to \(FixedInterval.allowed.upperBound), as '@every 300s' or \
            '@every 86400s from 2026-01-05T06:00:00Z'
            """
        case .anchor(let found):
            "an interval cannot count from \(found): use a moment of the years 1970 to 9999"
        }
    }
}
