import Foundation
import Storage

/// A word an owner puts on samples: 1…64 bytes after spaces around it are taken away; case does not tell tags apart.
public struct SampleTag: Hashable, Sendable {
    public static let longest = 64

    /// In small letters.
    public let text: String

    /// Nil for a text that is empty, too long, or has control characters.
    public init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        guard (1...Self.longest).contains(trimmed.utf8.count), !trimmed.hasControlCharacter else { return nil }
        self.text = trimmed
    }
}

extension SampleTag: CustomStringConvertible {
    public var description: String { text }
}

extension SampleTag: SQLConvertible {
    public var sqlValue: SQLValue { .text(text) }

    public init?(sqlValue: SQLValue) {
        // As it was written: trimmed, and in small letters.
        guard case .text(let text) = sqlValue, (1...Self.longest).contains(text.utf8.count) else { return nil }
        self.text = text
    }
}
