extension Timestamp {
    /// `Sat, 21 Nov 2026 04:30:20 GMT`: the one form that is written (IMF-fixdate). The two obsolete ones are not read.
    ///
    /// Source: RFC 9110 §5.6.7.
    package init?(httpDate text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[5] == "GMT", parts[1].utf8.count == 2,
            Self.days.contains(where: { parts[0] == "\($0)," }), let month = Self.months.firstIndex(of: parts[2])
        else { return nil }
        self.init("\(parts[3])-\(Self.twoDigits(month + 1))-\(parts[1])T\(parts[4])Z")
    }

    /// To the second, rounded down.
    package var httpDate: String {
        let text = description
        let (date, time) = (text.prefix(10).split(separator: "-"), text.dropFirst(11).prefix(8))
        guard date.count == 3, let month = Int(date[1]), Self.months.indices.contains(month - 1) else { return text }
        let days = wholeSeconds.quotientAndRemainder(dividingBy: 86_400)
        // 1970-01-01 was a Thursday.
        let weekday = ((days.quotient - (days.remainder < 0 ? 1 : 0)) % 7 + 11) % 7
        return "\(Self.days[Int(weekday)]), \(date[2]) \(Self.months[month - 1]) \(date[0]) \(time) GMT"
    }

    /// Since 1970, rounded down: as dates of HTTP have it.
    package var wholeSeconds: Int64 {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return rest < 0 ? seconds - 1 : seconds
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let days: [Substring] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
