import Storage
import Testing

/// One thing every ``KeyValueStore`` promises, and how it is checked.
///
/// ```swift
/// @Test(arguments: KeyValueStorePromise.all)
/// func `keeps every promise`(_ promise: KeyValueStorePromise) async throws {
///     let clock = ManualClock()
///     try await promise.check(MyStore(clock: clock), clock)
/// }
/// ```
public struct KeyValueStorePromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    /// Takes an empty store and the clock it goes by.
    public let check: @Sendable (any KeyValueStore, ManualClock) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (any KeyValueStore, ManualClock) async throws -> Void) {
        (testDescription, self.check) = (promise, check)
    }

    public static let all = values + expiry + atomicity + json + caching + limiting
}

extension KeyValueStorePromise {
    static let values = [
        KeyValueStorePromise("what is put is got; the last put wins; what is deleted is gone") { store, _ in
            let key = try KeyValueKey("take")
            #expect(try await store.get(key) == nil)
            for value in [[], [0], Array(0...255), Array(repeating: 7, count: 100_000)] as [[UInt8]] {
                try await store.put(value, for: key, expiresIn: nil)
                #expect(try await store.get(key) == value)
            }
            try await store.delete(key)
            try await store.delete(key)
            #expect(try await store.get(key) == nil)
        },
        KeyValueStorePromise("keys that look alike are different keys") { store, _ in
            let keys = ["a", "A", "a ", " a", "é", "e\u{301}", "'", "\"; DROP TABLE key_values; --", "%", "_", "😀"]
            for key in keys { try await store.put(Array(key.utf8), for: KeyValueKey(key), expiresIn: nil) }
            for key in keys { #expect(try await store.get(KeyValueKey(key)) == Array(key.utf8), "\(key)") }
        },
        KeyValueStorePromise("keys of up to 512 bytes are kept") { store, _ in
            for text in [String(repeating: "k", count: 512), String(repeating: "é", count: 256)] {
                try await store.put([1], for: KeyValueKey(text), expiresIn: nil)
                #expect(try await store.get(KeyValueKey(text)) == [1])
            }
        },
        KeyValueStorePromise("a value may have 25 MB, and not a byte more") { store, _ in
            let (key, other) = (try KeyValueKey("large"), try KeyValueKey("other"))
            let largest = [UInt8](repeating: 5, count: KeyValueKey.largestValue)
            let refusal = KeyValueError.valueTooLarge(bytes: largest.count + 1)
            try await store.put(largest, for: key, expiresIn: nil)
            #expect(try await store.get(key) == largest)
            await #expect(throws: refusal) { try await store.put(largest + [5], for: key, expiresIn: nil) }
            await #expect(throws: refusal) {
                try await store.compareAndSet(other, from: nil, to: largest + [5], expiresIn: nil)
            }
            #expect(try await store.get(other) == nil)
        },
        KeyValueStorePromise("a new generation is seen by everyone who asks, and only in its family") { store, _ in
            let first = try await store.generation(of: "charts")
            #expect(try await store.generation(of: "charts") == first)
            let second = try await store.startGeneration(of: "charts")
            #expect(second != first)
            #expect(try await store.generation(of: "charts") == second)
            #expect(try await store.generation(of: "peaks") == first)
        },
    ]
}
