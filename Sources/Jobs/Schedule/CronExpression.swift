import Foundation

/// When something recurs, as cron says it: minute, hour, day of month, month, day of week, in a time zone.
///
/// ```swift
/// let weekdays = try CronExpression("30 6 * * mon-fri", in: "Europe/Berlin")
/// let next = weekdays.next(after: clock.now())
/// ```
///
/// - A field is `*`, a number, a name (`jan`, `sun`, in any case), a range, a step over `*` or a range (`*/5`, `9-17/2`), or a
///   list of these. Days of the week are 0…7, where 0 and 7 are Sunday.
/// - Where the day of month and the day of week are both given, a day needs only one of them; where one of them begins with
///   `*`, it needs both (so says Vixie cron, and so `*/2` counts as not given).
/// - ``macros`` stand for whole expressions.
///
/// **When clocks are changed**, hours are skipped or come twice. An expression whose minute and hour are both fixed is for
/// once a day: a time that is skipped has its slot at the first instant after the gap, a time that comes twice only at its
/// first coming. One whose minute or hour begins with `*` follows the clock: its slots are all instants at which the clock
/// shows such a time, so that `*/15 * * * *` keeps its pace.
///
/// Slots lie in the years 1970…9999. A text that means no day of any year is refused.
///
/// Source: P. Vixie, crontab(5) and cron(8), 1993.
public struct CronExpression: Hashable, Sendable {
    /// The five fields, with one space between.
    public let fields: String
    /// As it was given.
    public let timeZone: String
    let pattern: CronPattern
    /// Slots are wherever the clock shows a time that is meant.
    let followsClock: Bool
    /// Nil for UTC, which needs no table.
    let zone: TimeZone?

    /// - Parameters:
    ///   - text: five fields with spaces or tabs between, or one of ``macros``.
    ///   - timeZone: an IANA name that the system knows.
    public init(_ text: String, in timeZone: String = "UTC") throws(CronError) {
        let text = try Self.expanded(text)
        let parts = text.split { $0 == " " || $0 == "\t" }
        guard parts.count == CronField.allCases.count else { throw .fieldCount(parts.count) }
        let pattern = CronPattern(
            minutes: try CronField.minute.values(of: parts[0]), hours: try CronField.hour.values(of: parts[1]),
            daysOfMonth: try CronField.dayOfMonth.values(of: parts[2]),
            months: try CronField.month.values(of: parts[3]),
            daysOfWeek: try CronField.dayOfWeek.values(of: parts[4]),
            needsBothDays: parts[2].hasPrefix("*") || parts[4].hasPrefix("*"))
        guard !pattern.isEmpty else { throw .neverFires(CronError.quoted(text)) }
        if Self.namesOfUTC.contains(timeZone) {
            zone = nil
        } else {
            guard let zone = TimeZone(identifier: timeZone) else {
                throw .unknownTimeZone(CronError.quoted(timeZone))
            }
            self.zone = zone
        }
        (fields, self.timeZone, self.pattern) = (parts.joined(separator: " "), timeZone, pattern)
        followsClock = parts[0].hasPrefix("*") || parts[1].hasPrefix("*")
    }

    /// Names for whole expressions.
    public static let macros = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    private static let namesOfUTC: Set = ["UTC", "Etc/UTC", "GMT"]

    private static func expanded(_ text: String) throws(CronError) -> String {
        guard text.hasPrefix("@") else { return text }
        guard let fields = macros[text] else { throw .unknownMacro(CronError.quoted(text)) }
        return fields
    }
}
