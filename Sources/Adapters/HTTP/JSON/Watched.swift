import WaxwingService

/// A value with the names of the members that it was read from, so that others can be refused.
///
/// What a form takes is what its initialiser asks for: there is no second list of it to be kept.
struct Watched<Value: Decodable>: Decodable {
    let value: Value
    /// As JSON has them. Nil for what is read from no object.
    let names: Set<String>?

    init(from decoder: any Decoder) throws {
        let asked = Asked()
        value = try Value(from: WatchedDecoder(base: decoder, asked: asked))
        names = asked.isKeyed ? Set(asked.names.map(\.snakeCased)) : nil
    }
}

extension Decoder {
    /// Reads an object inside of a body, of which everything must be known, too.
    ///
    /// - Throws: ``JSONRefusal`` naming the members that `read` does not ask for, and what `read` throws.
    func whole<Value>(_ read: (any Decoder) throws -> Value) throws -> Value {
        let asked = Asked()
        let value = try read(WatchedDecoder(base: self, asked: asked))
        let unknown = try container(keyedBy: AnyMember.self).allKeys.map(\.stringValue).filter {
            !asked.names.contains($0)
        }
        guard unknown.isEmpty else { throw JSONRefusal.unknown(unknown.sorted()) }
        return value
    }
}

/// The name of a member, whichever it is.
private struct AnyMember: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

private final class Asked {
    var isKeyed = false
    var names: Set<String> = []
}

private struct WatchedDecoder: Decoder {
    let base: any Decoder
    let asked: Asked

    var codingPath: [any CodingKey] { base.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { base.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        asked.isKeyed = true
        return KeyedDecodingContainer(WatchedContainer(base: try base.container(keyedBy: type), asked: asked))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try base.unkeyedContainer() }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { try base.singleValueContainer() }
}

private struct WatchedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let base: KeyedDecodingContainer<Key>
    let asked: Asked

    var codingPath: [any CodingKey] { base.codingPath }
    var allKeys: [Key] { base.allKeys }

    private func noting(_ key: Key) -> KeyedDecodingContainer<Key> {
        asked.names.insert(key.stringValue)
        return base
    }

    func contains(_ key: Key) -> Bool { noting(key).contains(key) }

    func decodeNil(forKey key: Key) throws -> Bool { try noting(key).decodeNil(forKey: key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        do {
            return try noting(key).decode(type, forKey: key)
        } catch let error where !error.isSaid {
            // Foundation's own, for a number that does not fit: it does not say where.
            throw DecodingError.dataCorrupted(.init(codingPath: codingPath + [key], debugDescription: "\(error)"))
        }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try noting(key).nestedContainer(keyedBy: type, forKey: key)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try noting(key).nestedUnkeyedContainer(forKey: key)
    }

    func superDecoder() throws -> any Decoder { try base.superDecoder() }

    func superDecoder(forKey key: Key) throws -> any Decoder { try noting(key).superDecoder(forKey: key) }
}

extension Error {
    /// Whether it is about what a client sent, and says where.
    fileprivate var isSaid: Bool {
        self is DecodingError || self is InvalidRequest || self is ServiceError || self is JSONRefusal
    }
}
