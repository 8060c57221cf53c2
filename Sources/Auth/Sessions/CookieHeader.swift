/// Reads the `Cookie` header of a request (RFC 6265 §4.2.1).
public enum CookieHeader {
    /// Bytes; longer headers are not looked at.
    public static let longest = 16_384

    /// The value of the cookie of exactly this name.
    ///
    /// Names are compared byte by byte, and only spaces and tabs are cut off: a name in other letters or behind other
    /// white space was not held to the rules of its prefix by the browser.
    ///
    /// - Parameter headers: one or more, as HTTP/2 splits them.
    /// - Returns: nil when there is none, or more than one: then one is not ours, and nothing tells which.
    public static func value(of name: String, in headers: [String]) -> String? {
        guard headers.reduce(0, { $0 + $1.utf8.count }) <= longest else { return nil }
        let values = headers.flatMap { header in
            header.utf8.split(separator: UInt8(ascii: ";")).compactMap { value(of: name, inPair: $0) }
        }
        return values.count == 1 ? values[0] : nil
    }

    private static func value(of name: String, inPair pair: Substring.UTF8View) -> String? {
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
            trimmed(pair[..<equals]).elementsEqual(name.utf8)
        else { return nil }
        return String(Substring(trimmed(pair[pair.index(after: equals)...])))
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let start = text.drop { isBlank($0) }
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start }
        return start[...last]
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
