import Foundation

extension KeyValueStore {
    /// The value under `key`, decoded; nil when there is none or it is not such a value.
    public func get<Value: Decodable>(
        _ key: KeyValueKey, as type: Value.Type
    ) async throws(KeyValueError) -> Value? {
        guard let bytes: [UInt8] = try await get(key) else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(bytes))
    }

    /// Keeps `value` as JSON.
    ///
    /// - Throws: ``KeyValueError/notEncodable(_:)`` for what JSON cannot hold.
    public func put(
        json value: some Encodable, for key: KeyValueKey, expiresIn life: Duration?
    ) async throws(KeyValueError) {
        let bytes: [UInt8]
        do {
            bytes = Array(try JSONEncoder().encode(value))
        } catch {
            throw .notEncodable("\(type(of: value))")
        }
        try await put(bytes, for: key, expiresIn: life)
    }
}
