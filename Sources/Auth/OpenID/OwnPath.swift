import Storage

/// Where a browser goes after signing in: a path of this site, never another one.
///
/// A link to a sign-in may carry any `next`; what browsers could read as another host, or as a script, leads home.
public struct OwnPath: Hashable, Sendable {
    /// Bytes.
    public static let longest = 2048
    public static let home = OwnPath(next: nil)

    /// Begins with one `/`; printable ASCII.
    public let text: String

    /// - Parameter next: as somebody wrote it; ``home`` for none, and for one that is no path of this site.
    public init(next: String?) {
        text = next.flatMap { Self.isOwn($0) ? $0 : nil } ?? "/"
    }

    private static func isOwn(_ text: String) -> Bool {
        // Browsers drop tabs and line ends, and read some letters of other scripts as dots and slashes.
        guard text.utf8.count <= longest, text.utf8.isVisibleASCII else { return false }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        // Decoded too: whatever stands between may decode before it decides.
        guard path.first == "/", isPlain(path), let decoded = PercentEncoding.decode(path) else { return false }
        return isPlain(decoded)
    }

    private static func isPlain(_ path: some StringProtocol) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        return path.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
            && parts.dropLast().allSatisfy { !$0.isEmpty } && !parts.contains { $0 == "." || $0 == ".." }
    }
}

extension OwnPath: CustomStringConvertible, SQLConvertible {
    public var description: String { text }
    public var sqlValue: SQLValue { .text(text) }

    /// What is stored is checked again.
    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(next: text)
    }
}
