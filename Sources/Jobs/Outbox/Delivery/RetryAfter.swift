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
        return Timestamp(httpDate: header).map { max($0 - now, .zero) }
    }
}
