import Foundation

/// The name of one `Entity`: 122 random bits, so that it tells nothing and cannot be guessed.
public struct Identifier<Entity>: Hashable, Sendable {
    /// A lower-case UUID.
    public let text: String

    /// Nil unless `text` is a UUID; letters may be of either case.
    public init?(_ text: String) {
        guard Self.isUUID(text) else { return nil }
        // Without the ways of Foundation's: lists read thousands of names a second.
        self.text = text.utf8.contains { $0 < UInt8(ascii: "a") && $0 > UInt8(ascii: "9") } ? text.lowercased() : text
    }

    private static func isUUID(_ text: String) -> Bool {
        guard text.utf8.count == 36 else { return false }
        return text.utf8.enumerated().allSatisfy { index, byte in
            switch index {
            case 8, 13, 18, 23: byte == UInt8(ascii: "-")
            default:
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"):
                    true
                default: false
                }
            }
        }
    }

    public static func random() -> Identifier {
        Identifier(uuid: UUID())
    }

    /// The same name for something else that exists once for each `other`.
    public init<Other>(renaming other: Identifier<Other>) {
        text = other.text
    }

    private init(uuid: UUID) {
        text = uuid.uuidString.lowercased()
    }
}

extension Identifier: CustomStringConvertible {
    public var description: String { text }
}

extension Identifier: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let identifier = Identifier(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an identifier")
        }
        self = identifier
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension Identifier: SQLConvertible {
    public var sqlValue: SQLValue { .text(text) }

    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(text)
    }
}

/// Whoever rows, objects, jobs and quotas belong to. `Auth` makes accounts; other modules only carry the name.
public enum Account {}

public typealias AccountID = Identifier<Account>
