import Storage

/// What a user knows a device by in the list of their sessions: the program's own words (`User-Agent`), cleaned.
///
/// 1…200 Unicode scalars in one line: runs of white space become one space, what is not seen (control, direction and
/// zero-width characters) goes, and so does what is too much. It proves nothing: a client may call itself anything.
public struct DeviceName: Hashable, Sendable {
    public static let longest = 200

    public let text: String

    /// Nil when nothing is left to be seen.
    public init?(_ text: String) {
        // Of a text of megabytes only the beginning is looked at.
        let words = text.unicodeScalars.prefix(4 * Self.longest).split { $0.properties.isWhitespace }
        let cleaned = words.map { String(String.UnicodeScalarView($0.filter(Self.isSeen))) }
            .filter { !$0.isEmpty }.joined(separator: " ")
        let bounded = String(String.UnicodeScalarView(cleaned.unicodeScalars.prefix(Self.longest)))
        let trimmed = bounded.hasSuffix(" ") ? String(bounded.dropLast()) : bounded
        guard !trimmed.isEmpty else { return nil }
        self.text = trimmed
    }

    private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

extension DeviceName: CustomStringConvertible, SQLConvertible {
    public var description: String { text }
    public var sqlValue: SQLValue { .text(text) }

    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(text)
    }
}
