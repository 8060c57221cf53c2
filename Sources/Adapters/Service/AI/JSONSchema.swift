/// What JSON is to look like, in the few words of JSON Schema that all providers know.
///
/// Source: JSON Schema 2020-12; https://platform.openai.com/docs/guides/structured-outputs (every member required, no others).
public indirect enum JSONSchema: Equatable, Sendable {
    case string(String)
    case optionalString(String)
    case list(of: JSONSchema, String)
    /// With these members, all of them, and no others.
    case object([String: JSONSchema])
}

extension JSONSchema: Encodable {
    private enum CodingKeys: String, CodingKey {
        case type, description, items, properties, required, additionalProperties
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .string(let meaning):
            try container.encode("string", forKey: .type)
            try container.encode(meaning, forKey: .description)
        case .optionalString(let meaning):
            try container.encode(["string", "null"], forKey: .type)
            try container.encode(meaning, forKey: .description)
        case .list(let element, let meaning):
            try container.encode("array", forKey: .type)
            try container.encode(meaning, forKey: .description)
            try container.encode(element, forKey: .items)
        case .object(let members):
            try container.encode("object", forKey: .type)
            try container.encode(members, forKey: .properties)
            try container.encode(members.keys.sorted(), forKey: .required)
            try container.encode(false, forKey: .additionalProperties)
        }
    }
}
