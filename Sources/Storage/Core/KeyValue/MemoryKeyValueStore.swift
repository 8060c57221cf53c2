import Synchronization

/// Values in memory, gone with the process.
public final class MemoryKeyValueStore: KeyValueStore {
    private struct Entry {
        var value: [UInt8]
        let expires: Timestamp?
    }

    private struct State {
        var entries: [KeyValueKey: Entry] = [:]
        /// Once the store has grown to this, expired values are looked for.
        var sweepAt = 1024

        mutating func live(_ key: KeyValueKey, at now: Timestamp) -> Entry? {
            guard let entry = entries[key] else { return nil }
            if let expires = entry.expires, expires <= now {
                entries[key] = nil
                return nil
            }
            return entry
        }

        mutating func keep(_ entry: Entry, for key: KeyValueKey, at now: Timestamp) {
            entries[key] = entry
            if entries.count >= sweepAt { sweep(at: now) }
        }

        mutating func sweep(at now: Timestamp) {
            entries = entries.filter { $0.value.expires.map { now < $0 } ?? true }
            sweepAt = max(1024, entries.count * 2)
        }
    }

    private let state = Mutex(State())
    private let clock: any WallClock

    public init(clock: any WallClock = SystemClock()) {
        self.clock = clock
    }

    /// How many are kept, those that have expired and are not swept yet among them.
    var count: Int { state.withLock { $0.entries.count } }

    /// Gives back the memory of what has expired. Without it that waits until as much again has been put.
    public func removeExpired() async {
        let now = clock.now()
        state.withLock { $0.sweep(at: now) }
    }

    public func get(_ key: KeyValueKey) async throws(KeyValueError) -> [UInt8]? {
        state.withLock { $0.live(key, at: clock.now())?.value }
    }

    public func put(_ value: [UInt8], for key: KeyValueKey, expiresIn life: Duration?) async throws(KeyValueError) {
        try check(value)
        let now = clock.now()
        state.withLock { $0.keep(Entry(value: value, expires: life.map { now + $0 }), for: key, at: now) }
    }

    public func delete(_ key: KeyValueKey) async throws(KeyValueError) {
        state.withLock { $0.entries[key] = nil }
    }

    public func compareAndSet(
        _ key: KeyValueKey, from expected: [UInt8]?, to value: [UInt8], expiresIn life: Duration?
    ) async throws(KeyValueError) -> Bool {
        try check(value)
        let now = clock.now()
        return state.withLock { state in
            guard state.live(key, at: now)?.value == expected else { return false }
            state.keep(Entry(value: value, expires: life.map { now + $0 }), for: key, at: now)
            return true
        }
    }

    public func increment(
        _ key: KeyValueKey, by amount: Int, expiresIn life: Duration?
    )
        async throws(KeyValueError) -> Int
    {
        let now = clock.now()
        return try state.withLock { state throws(KeyValueError) in
            let present = state.live(key, at: now)
            let count = try Counter.adding(amount, to: Counter.count(in: present?.value, key: key), key: key)
            let expires = present.map(\.expires) ?? life.map { now + $0 }
            state.keep(Entry(value: Array(String(count).utf8), expires: expires), for: key, at: now)
            return count
        }
    }
}

func check(_ value: [UInt8]) throws(KeyValueError) {
    guard value.count <= KeyValueKey.largestValue else { throw .valueTooLarge(bytes: value.count) }
}
