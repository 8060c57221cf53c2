import Storage

extension Timestamp {
    /// `Sat, 21 Nov 2026 04:30:20 +0000` (RFC 5322 §3.3); years from 1970 to 9999.
    var mailDate: String {
        let moment = Timestamp(milliseconds: min(max(milliseconds, 0), 253_402_300_799_999))
        let halves = moment.description.split(separator: "T")
        let (date, time) = (halves[0].split(separator: "-"), halves[1].prefix(8))
        // 1 January 1970 was a Thursday.
        let weekday = Self.weekdays[Int((moment.milliseconds / 86_400_000 + 4) % 7)]
        let month = Int(date[1]).map { Self.months[$0 - 1] } ?? ""
        return "\(weekday), \(date[2]) \(month) \(date[0]) \(time) +0000"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
