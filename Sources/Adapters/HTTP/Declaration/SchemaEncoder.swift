import Foundation
import Storage

/// Encodes nothing: it notes of which form what it is given is.
struct SchemaEncoder: Encoder {
    fileprivate final class Note {
        var schema = Schema.anything
    }

    fileprivate let note = Note()
    fileprivate let components: SchemaComponents
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    /// The form of a value of `Value`.
    ///
    /// - Parameter value: nil where there is none to look into: then only the type counts.
    static func schema<Value>(_ value: Value?, _ components: SchemaComponents) throws -> Schema {
        if let type = Value.self as? any NullableValue.Type {
            return .nullable(try type.wrapped((value as? any NullableValue)?.content, components))
        }
        if let type = Value.self as? any ListValue.Type {
            return .list(try type.element((value as? any ListValue)?.first, components))
        }
        if let type = Value.self as? any MapValue.Type {
            return .map(try type.element((value as? any MapValue)?.firstValue, components))
        }
        if let type = Value.self as? any Described.Type { return try reference(to: type, components) }
        if let type = Value.self as? any (CaseIterable & RawRepresentable).Type, let names = names(of: type) {
            return .oneOf(names)
        }
        switch Value.self {
        case is Bool.Type: return .boolean
        case is any FixedWidthInteger.Type: return .integer()
        case is any BinaryFloatingPoint.Type: return .number
        case is String.Type: return .string()
        case is Timestamp.Type: return .string(format: "date-time")
        default:
            guard let value = value as? any Encodable else { return .anything }
            return try schema(encoding: value, components)
        }
    }

    /// The form of what `value` encodes itself as.
    static func schema(encoding value: any Encodable, _ components: SchemaComponents) throws -> Schema {
        let encoder = SchemaEncoder(components: components)
        try value.encode(to: encoder)
        // Names that are data: there is nothing else to say of an object that shows none.
        if encoder.note.schema == .object([]), !(value is any Described) { return .map(.anything) }
        return encoder.note.schema
    }

    private static func reference<Value: Described>(
        to type: Value.Type, _ components: SchemaComponents
    ) throws -> Schema {
        try components.reference(to: type)
    }

    private static func names<Value: CaseIterable & RawRepresentable>(of type: Value.Type) -> [String]? {
        let names = type.allCases.compactMap { $0.rawValue as? String }
        return names.isEmpty ? nil : names
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        // Several containers of one value add to the same object.
        if case .object = note.schema {} else { note.schema = .object([]) }
        return KeyedEncodingContainer(Members<Key>(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        note.schema = .list(.anything)
        return Elements(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }
}

/// An optional, in either form.
private protocol NullableValue {
    var content: Any? { get }
    static func wrapped(_ content: Any?, _ components: SchemaComponents) throws -> Schema
}

extension Optional: NullableValue {
    fileprivate var content: Any? { self }

    fileprivate static func wrapped(_ content: Any?, _ components: SchemaComponents) throws -> Schema {
        try SchemaEncoder.schema(content as? Wrapped, components)
    }
}

extension ExplicitNull: NullableValue {
    fileprivate var content: Any? { wrappedValue }

    fileprivate static func wrapped(_ content: Any?, _ components: SchemaComponents) throws -> Schema {
        try SchemaEncoder.schema(content as? Value, components)
    }
}

private protocol ListValue {
    var first: Any? { get }
    static func element(_ first: Any?, _ components: SchemaComponents) throws -> Schema
}

extension Array: ListValue {
    fileprivate var first: Any? { isEmpty ? nil : self[0] }

    fileprivate static func element(_ first: Any?, _ components: SchemaComponents) throws -> Schema {
        try SchemaEncoder.schema(first as? Element, components)
    }
}

private protocol MapValue {
    var firstValue: Any? { get }
    static func element(_ first: Any?, _ components: SchemaComponents) throws -> Schema
}

extension Dictionary: MapValue where Key == String {
    fileprivate var firstValue: Any? { values.first }

    fileprivate static func element(_ first: Any?, _ components: SchemaComponents) throws -> Schema {
        try SchemaEncoder.schema(first as? Value, components)
    }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: SchemaEncoder
    var codingPath: [any CodingKey] { [] }

    private func add<Value>(_ value: Value?, _ key: Key, isRequired: Bool = true) throws {
        add(try SchemaEncoder.schema(value, encoder.components), key, isRequired: isRequired)
    }

    private func add(_ schema: Schema, _ key: Key, isRequired: Bool) {
        guard case .object(var members) = encoder.note.schema else { return }
        let name = key.stringValue.snakeCased
        members.removeAll { $0.name == name }
        members.append(Schema.Member(name: name, schema: schema, isRequired: isRequired))
        encoder.note.schema = .object(members)
    }

    mutating func encodeNil(forKey key: Key) throws { add(.nullable(.anything), key, isRequired: true) }
    mutating func encode(_ value: Bool, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: String, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: Double, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: Float, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: Int, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: Int8, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: Int16, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: Int32, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: Int64, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: UInt, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: UInt8, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: UInt16, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: UInt32, forKey key: Key) throws { try add(value, key) }
    mutating func encode(_ value: UInt64, forKey key: Key) throws { try add(value, key) }
    mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try add(value, key) }

    // What is left out when there is none.
    mutating func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try add(value, key, isRequired: false) }
    mutating func encodeIfPresent(_ value: String?, forKey key: Key) throws { try add(value, key, isRequired: false) }
    mutating func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try add(value, key, isRequired: false) }
    mutating func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try add(value, key, isRequired: false) }
    mutating func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try add(value, key, isRequired: false) }
    mutating func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
        try add(value, key, isRequired: false)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        add(.object([]), key, isRequired: true)
        return SchemaEncoder(components: encoder.components).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        add(.list(.anything), key, isRequired: true)
        return SchemaEncoder(components: encoder.components).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { encoder }
    mutating func superEncoder(forKey key: Key) -> any Encoder { encoder }
}

private struct Elements: UnkeyedEncodingContainer {
    let encoder: SchemaEncoder
    var codingPath: [any CodingKey] { [] }
    var count = 0

    mutating func encodeNil() throws { count += 1 }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        if count == 0 { encoder.note.schema = .list(try SchemaEncoder.schema(value, encoder.components)) }
        count += 1
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        SchemaEncoder(components: encoder.components).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        SchemaEncoder(components: encoder.components).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { encoder }
}

private struct Single: SingleValueEncodingContainer {
    let encoder: SchemaEncoder
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() throws { encoder.note.schema = .nullable(.anything) }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        encoder.note.schema = try SchemaEncoder.schema(value, encoder.components)
    }
}

extension String {
    /// As `JSONEncoder` writes the names of members: `successUrl` → `success_url`, `sampleID` → `sample_id`.
    var snakeCased: String {
        guard utf8.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else { return self }
        var words: [Substring] = []
        var word = startIndex
        var rest = dropFirst()
        while let capital = rest.firstIndex(where: \.isUppercase) {
            words.append(self[word..<capital])
            word = capital
            guard let small = self[capital...].firstIndex(where: \.isLowercase) else { break }
            // Of several capitals the last one begins the next word.
            if small != index(after: capital) {
                words.append(self[capital..<index(before: small)])
                word = index(before: small)
            }
            rest = self[index(after: small)...]
        }
        words.append(self[word...])
        return words.map { $0.lowercased() }.joined(separator: "_")
    }
}
