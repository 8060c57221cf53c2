/// The name of one `Entity`: 122 random bits, so that it tells nothing and cannot be guessed.
public struct Identifier<Entity>: Hashable, Sendable {
    /// A lower-case UUID.
    public let text: String

    /// Nil unless `text` is a UUID; letters may be of either case.
    public init?(_ text: String) {
        guard let text = UUIDText.lowercase(text) else { return nil }
        self.text = text
    }

    public static func random() -> Identifier { Identifier(known: UUIDText.random()) }

    /// The same name for something else that exists once for each `other`.
    public init<Other>(renaming other: Identifier<Other>) {
        text = other.text
    }

    private init(known text: String) {
        self.text = text
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
