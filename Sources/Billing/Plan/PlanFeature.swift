/// Something that a plan may have or not: 1 to 40 of `a`–`z`, `0`–`9`, `-` and `_`. Operators may make up their own.
public struct PlanFeature: Hashable, Sendable {
    public let name: String

    public init?(_ name: String) {
        let isGood = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
        }
        guard isGood, (1...40).contains(name.utf8.count) else { return nil }
        self.name = name
    }

    private init(known name: StaticString) {
        self.name = "\(name)"
    }

    /// Vibes, prompts and what else asks a model.
    public static let ai = PlanFeature(known: "ai")
    /// Sample sets for instruments and programs.
    public static let export = PlanFeature(known: "export")
    /// Sounds taken apart into stems.
    public static let stems = PlanFeature(known: "stems")

    /// Those that the service asks for.
    public static let known: Set<PlanFeature> = [.ai, .export, .stems]
}

extension PlanFeature: Comparable {
    public static func < (a: PlanFeature, b: PlanFeature) -> Bool { a.name < b.name }
}

extension PlanFeature: CustomStringConvertible {
    public var description: String { name }
}

extension PlanFeature: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let feature = PlanFeature(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "'\(text.prefix(40))' is no feature: a name of a to z, 0 to 9, '-' and '_'"))
        }
        self = feature
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
