import Storage

/// A store that is away: every call throws ``KeyValueError/unavailable(_:)``. For tests of what goes on without it.
public struct DownKeyValueStore: KeyValueStore {
    private let failure = KeyValueError.unavailable("down")

    public init() {}

    public func get(_ key: KeyValueKey) async throws(KeyValueError) -> [UInt8]? { throw failure }

    public func put(_ value: [UInt8], for key: KeyValueKey, expiresIn life: Duration?) async throws(KeyValueError) {
        throw failure
    }

    public func delete(_ key: KeyValueKey) async throws(KeyValueError) { throw failure }

    public func compareAndSet(
        _ key: KeyValueKey, from expected: [UInt8]?, to value: [UInt8], expiresIn life: Duration?
    ) async throws(KeyValueError) -> Bool { throw failure }

    public func increment(
        _ key: KeyValueKey, by amount: Int, expiresIn life: Duration?
    ) async throws(KeyValueError) -> Int { throw failure }
}
