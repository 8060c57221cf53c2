import Storage

/// One thing credentials may be good for, as `library:read`: 1…64 lower-case letters, digits and `. _ : -`.
public struct Scope: Hashable, Sendable {
    public static let longest = 64

    public let text: String

    /// Nil for a text that is none.
    public init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension Scope: Comparable, CustomStringConvertible {
    public static func < (a: Scope, b: Scope) -> Bool { a.text < b.text }
    public var description: String { text }
}
