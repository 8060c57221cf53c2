import Foundation
import Storage

/// The hours of the day in which what can wait is done, as from 1 to 6 in the time of a city.
public struct QuietHours: Equatable, Sendable {
    /// Minutes after midnight. An end before the start is on the next day.
    public let start: Int
    public let end: Int
    private let zone: TimeZone

    /// - Parameters:
    ///   - start: `HH:MM`, 00:00…23:59, as is the end.
    ///   - zone: as the IANA data base names it, `Europe/Amsterdam`.
    /// - Returns: nil for times or a zone that are none, and where start and end are the same.
    public init?(from start: String, to end: String, in zone: String = "UTC") {
        guard let start = Self.minutes(start), let end = Self.minutes(end), start != end,
            let zone = TimeZone(identifier: zone)
        else { return nil }
        (self.start, self.end, self.zone) = (start, end, zone)
    }

    /// As an operator writes it: `01:00-06:00 Europe/Amsterdam`; in UTC without a zone.
    public init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        let times = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, times.count == 2 else { return nil }
        self.init(from: String(times[0]), to: String(times[1]), in: parts.count == 2 ? String(parts[1]) : "UTC")
    }

    /// From 1 to 6 in UTC: of an operator who sets none.
    public static let standard = QuietHours(start: 60, end: 6 * 60, zone: TimeZone(identifier: "UTC") ?? .gmt)

    private init(start: Int, end: Int, zone: TimeZone) {
        (self.start, self.end, self.zone) = (start, end, zone)
    }

    /// A time within the delay that falls into quiet hours; the earliest of it where none does.
    ///
    /// - Parameters:
    ///   - delay: from when to when it may be.
    ///   - spread: 0…1: at which part of the quiet time there is, so that not all begins at its first second.
    /// - Complexity: one look at each day of the delay.
    public func time(in delay: ClosedRange<Timestamp>, spread: Double) -> Timestamp {
        let quiet = windows(in: delay)
        let length = quiet.reduce(0) { $0 + $1.upperBound.milliseconds - $1.lowerBound.milliseconds }
        var rest = Int64(Double(length) * min(max(spread, 0), 1))
        for window in quiet {
            let part = window.upperBound.milliseconds - window.lowerBound.milliseconds
            if rest <= part { return Timestamp(milliseconds: window.lowerBound.milliseconds + rest) }
            rest -= part
        }
        return delay.lowerBound
    }

    /// On days when clocks change, an hour that is left out is taken for the one after it.
    private func windows(in delay: ClosedRange<Timestamp>) -> [ClosedRange<Timestamp>] {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var day = calendar.startOfDay(for: Self.date(delay.lowerBound).addingTimeInterval(-86_400))
        var windows: [ClosedRange<Timestamp>] = []
        while day <= Self.date(delay.upperBound) {
            guard let next = calendar.date(byAdding: .day, value: 1, to: day),
                let from = time(start, of: day, calendar), let to = time(end, of: end > start ? day : next, calendar)
            else { break }
            let (first, last) = (max(Self.timestamp(from), delay.lowerBound), min(Self.timestamp(to), delay.upperBound))
            if first < last { windows.append(first...last) }
            day = next
        }
        return windows
    }

    private func time(_ minutes: Int, of day: Date, _ calendar: Calendar) -> Date? {
        calendar.date(bySettingHour: minutes / 60, minute: minutes % 60, second: 0, of: day)
    }

    private static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    private static func date(_ time: Timestamp) -> Date {
        Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
    }

    private static func timestamp(_ date: Date) -> Timestamp {
        Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}
