/// A member of a change, whose absence says another thing than null.
enum Change<Value: Codable & Sendable>: Codable, Sendable {
    /// It is not there: all stays as it is.
    case kept
    /// Null takes away.
    case set(Value?)

    var value: Value?? { if case .set(let value) = self { .some(value) } else { nil } }

    init(from decoder: any Decoder) throws {
        self = .set(try decoder.singleValueContainer().decode(Value?.self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .set(let value?) = self { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension KeyedDecodingContainer {
    /// What the compiler writes calls this one.
    func decode<Value>(_ type: Change<Value>.Type, forKey key: Key) throws -> Change<Value> {
        contains(key) ? .set(try decodeIfPresent(Value.self, forKey: key)) : .kept
    }
}

extension KeyedEncodingContainer {
    mutating func encode<Value>(_ change: Change<Value>, forKey key: Key) throws {
        guard case .set(let value) = change else { return }
        try encodeIfPresent(value, forKey: key)
    }
}
