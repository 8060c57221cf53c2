import Synchronization

/// Values that cost something to make, kept for a while and made once for all who ask meanwhile.
///
/// A store that is down costs time, never an answer: a value is made then as if none had been kept. Whoever in
/// this process asks for a value while it is being made gets that same one.
public final class ReadThroughCache<Value: Codable & Sendable>: Sendable {
    private struct Making {
        let number: Int
        let task: Task<Value, any Error>
        var waiting = 1
    }

    private struct State {
        var making: [String: Making] = [:]
        var count = 0
    }

    private let store: any KeyValueStore
    private let family: String
    private let life: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - store: where values are kept.
    ///   - family: what they are, as `profile`; caches of one family on one store share them.
    ///   - life: how long a value is kept.
    public init(_ store: any KeyValueStore, family: String, expiresIn life: Duration) {
        (self.store, self.family, self.life) = (store, family, life)
    }

    /// The kept value, or what `make` makes of it.
    ///
    /// - Parameters:
    ///   - name: of the value; any text.
    ///   - make: is cancelled when nobody waits for it any more.
    /// - Throws: what `make` throws, to all who wait; it is not kept.
    public func value(for name: String, make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let (task, number) = join(name, make)
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            leave(name, number)
        }
    }

    /// Forgets one value: who asks from now on gets a new one. Another process that is making it at this moment may
    /// still keep an old one for its life; ``dropAll()`` has no such gap.
    public func drop(_ name: String) async {
        state.withLock { $0.making[name] = nil }
        guard let key = await key(of: name) else { return }
        try? await store.delete(key)
    }

    /// Forgets all values of the family, for every process.
    public func dropAll() async throws(KeyValueError) {
        state.withLock { $0.making = [:] }
        try await store.startGeneration(of: family)
    }

    private func join(
        _ name: String, _ make: @escaping @Sendable () async throws -> Value
    ) -> (task: Task<Value, any Error>, number: Int) {
        state.withLock { state in
            if var making = state.making[name] {
                making.waiting += 1
                state.making[name] = making
                return (making.task, making.number)
            }
            state.count += 1
            let number = state.count
            let task = Task { try await load(name, number, make) }
            state.making[name] = Making(number: number, task: task)
            return (task, number)
        }
    }

    /// The last one to leave ends the making.
    private func leave(_ name: String, _ number: Int) {
        let task: Task<Value, any Error>? = state.withLock { state in
            guard var making = state.making[name], making.number == number else { return nil }
            making.waiting -= 1
            state.making[name] = making.waiting > 0 ? making : nil
            return making.waiting > 0 ? nil : making.task
        }
        task?.cancel()
    }

    private func load(
        _ name: String, _ number: Int, _ make: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        defer { end(name, number) }
        let key = await key(of: name)
        if let key, let kept = try? await store.get(key, as: Value.self) { return kept }
        let value = try await make()
        if let key { await keep(value, for: key, name, number) }
        return value
    }

    /// Dropped meanwhile, it may be older than what dropped it.
    private func keep(_ value: Value, for key: KeyValueKey, _ name: String, _ number: Int) async {
        guard isWanted(name, number) else { return }
        try? await store.put(json: value, for: key, expiresIn: life)
        guard !isWanted(name, number) else { return }
        // Also when nobody waits any more: the drop may have been done before the put.
        await Task { [store] in try? await store.delete(key) }.value
    }

    private func isWanted(_ name: String, _ number: Int) -> Bool {
        state.withLock { $0.making[name]?.number == number }
    }

    private func end(_ name: String, _ number: Int) {
        state.withLock { if $0.making[name]?.number == number { $0.making[name] = nil } }
    }

    /// Nil when the store does not answer. Names may be long or personal: the store sees their digest.
    private func key(of name: String) async -> KeyValueKey? {
        guard let generation = try? await store.generation(of: family) else { return nil }
        return try? KeyValueKey("cache:\(family):\(generation):\(Checksum.sha256(name))")
    }
}
