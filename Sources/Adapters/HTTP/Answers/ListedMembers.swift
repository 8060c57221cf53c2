/// What lists its members by hand, for what pages hold many of: a page of 50 samples took a fifth more of the processor
/// through containers. It is an object whole: nothing else is encoded beside it.
protocol ListedMembers: Described {
    /// Each of them, whatever it is, in the order in which clients see them.
    func list(in members: inout some MemberList) throws
}

/// Takes members by their names as clients see them. What is nil is there, as null.
protocol MemberList {
    mutating func add<Value: Encodable & Sendable>(_ name: StaticString, _ value: Value) throws
    mutating func add<Value: Encodable & Sendable>(_ name: StaticString, _ value: Value?) throws
    /// One of a few names.
    mutating func add<Choice: Encodable & RawRepresentable<String> & Sendable>(
        _ name: StaticString, _ choice: Choice) throws
    mutating func add<Choice: Encodable & RawRepresentable<String> & Sendable>(
        _ name: StaticString, _ choice: Choice?) throws
}

extension ListedMembers {
    func encode(to encoder: any Encoder) throws {
        if let writer = encoder as? JSONWriter { return try writer.write(self) }
        var members = EncodedMembers(container: encoder.container(keyedBy: EncodedMembers.Name.self))
        try list(in: &members)
    }
}

/// For other encoders than ``JSONWriter``.
private struct EncodedMembers: MemberList {
    var container: KeyedEncodingContainer<Name>

    struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: StaticString) { stringValue = "\(name)" }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    mutating func add<Value: Encodable & Sendable>(_ name: StaticString, _ value: Value) throws {
        try container.encode(value, forKey: Name(name))
    }

    mutating func add<Value: Encodable & Sendable>(_ name: StaticString, _ value: Value?) throws {
        try container.encode(ExplicitNull(wrappedValue: value), forKey: Name(name))
    }

    mutating func add<Choice: Encodable & RawRepresentable<String> & Sendable>(
        _ name: StaticString, _ choice: Choice
    ) throws {
        try container.encode(choice, forKey: Name(name))
    }

    mutating func add<Choice: Encodable & RawRepresentable<String> & Sendable>(
        _ name: StaticString, _ choice: Choice?
    ) throws {
        try container.encode(ExplicitNull(wrappedValue: choice), forKey: Name(name))
    }
}
