/// What went into a language model and what came out, in the model's own tokens; never negative.
public struct AITokens: Hashable, Sendable, Codable {
    public let input: Int
    public let output: Int

    /// What is negative counts as 0: providers' answers come from outside.
    public init(input: Int = 0, output: Int = 0) {
        (self.input, self.output) = (max(0, input), max(0, output))
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            input: try container.decode(Int.self, forKey: .input),
            output: try container.decode(Int.self, forKey: .output))
    }

    /// At the end of the range it stays there.
    public var sum: Int { input.adding(output) }
}

/// What a user wanted of a language model: a name of 1 to 64 lower-case letters, digits and underscores.
public struct AIFeature: Hashable, Sendable {
    public let name: String

    /// Nil unless `name` is one.
    public init?(_ name: String) {
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard allowed, (1...64).contains(name.utf8.count) else { return nil }
        self.name = name
    }

    private init(known name: String) {
        self.name = name
    }

    /// What a sample sounds like, in words.
    public static let vibe = AIFeature(known: "vibe")
    public static let draftMessage = AIFeature(known: "draft_message")
    public static let gigInquiry = AIFeature(known: "gig_inquiry")
    public static let songwriting = AIFeature(known: "songwriting")
    public static let careerAdvice = AIFeature(known: "career_advice")
}

extension AIFeature: CustomStringConvertible {
    public var description: String { name }
}

extension AIFeature: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let feature = AIFeature(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a name of lower-case letters, digits and underscores")
        }
        self = feature
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
