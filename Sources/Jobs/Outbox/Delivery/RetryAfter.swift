import Storage

/// The header by which a server says when to come back: seconds, or a date of HTTP.
///
/// Source: RFC 9110 §10.2.3 and §5.6.7 (IMF-fixdate; the two obsolete forms of a date are not read).
public enum RetryAfter {
    /// - Returns: how long to wait, never negative; nil for a text that is neither.
    public static func wait(_ header: String, at now: Timestamp) -> Duration? {
        let bytes = Array(header.utf8)
        if (1...9).contains(bytes.count), let seconds = Int64(header), bytes.first != UInt8(ascii: "+") {
            return seconds < 0 ? nil : .seconds(seconds)
        }
        return date(header).map { max($0 - now, .zero) }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static func date(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, days.contains(parts[0]), let month = months.firstIndex(of: parts[2]), parts[5] == "GMT"
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }

    private static let days: [Substring] = ["Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"]
    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
