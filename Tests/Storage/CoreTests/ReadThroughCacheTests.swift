import Storage
import StorageTestKit
import Synchronization
import Testing

@Suite struct ReadThroughCacheTests {
    private let store = MemoryKeyValueStore(clock: ManualClock())
    private var cache: ReadThroughCache<String> {
        ReadThroughCache(store, family: "profile", expiresIn: .seconds(60))
    }

    @Test func `a value is made once and kept`() async throws {
        let (cache, made) = (cache, Count())
        for _ in 1...3 { #expect(try await cache.value(for: "ada") { "Ada \(made.next())" } == "Ada 1") }
        #expect(try await cache.value(for: "grace") { "Grace \(made.next())" } == "Grace 2")
        #expect(
            try await self.cache.value(for: "ada") { "Ada \(made.next())" } == "Ada 1", "by any cache of the family")
    }

    @Test func `who asks while it is made gets the same one`() async throws {
        let (cache, made, gate) = (cache, Count(), Gate())
        let values = try await withThrowingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    try await cache.value(for: "ada") {
                        await gate.wait()
                        return "\(made.next())"
                    }
                }
            }
            while made.value == 0 {
                await gate.open()
                await Task.yield()
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values == Array(repeating: "1", count: 50))
    }

    @Test func `a store that is down costs no answer`() async throws {
        let (cache, made) = (ReadThroughCache<Int>(DownStore(), family: "x", expiresIn: .seconds(1)), Count())
        for number in 1...3 { #expect(try await cache.value(for: "a") { made.next() } == number) }
    }

    @Test func `a failure is told and not kept`() async throws {
        let cache = cache
        await #expect(throws: Failed.self) { try await cache.value(for: "ada") { throw Failed() } }
        #expect(try await cache.value(for: "ada") { "Ada" } == "Ada")
    }

    @Test func `what is dropped is made anew`() async throws {
        let (cache, made) = (cache, Count())
        func value(_ name: String) async throws -> String { try await cache.value(for: name) { "\(made.next())" } }
        let first = (try await value("a"), try await value("b"))
        await cache.drop("a")
        #expect(try await value("a") == "3" && first.1 == "2")
        #expect(try await value("b") == "2")
        try await cache.dropAll()
        let second = (try await value("a"), try await value("b"))
        #expect(second == ("4", "5"))
    }

    @Test func `a value that was dropped while it was made is not kept`() async throws {
        let cache = cache
        let old = try await cache.value(for: "a") {
            await cache.drop("a")
            return "old"
        }
        #expect(old == "old")
        #expect(try await cache.value(for: "a") { "new" } == "new")
    }

    @Test func `a value that was dropped while it was put is not kept`() async throws {
        let slow = SlowStore(store)
        let cache = ReadThroughCache<String>(slow, family: "profile", expiresIn: .seconds(60))
        let old = Task { try await cache.value(for: "a") { "old" } }
        await slow.untilPutting()
        await cache.drop("a")
        slow.letPut()
        #expect(try await old.value == "old")
        #expect(try await cache.value(for: "a") { "new" } == "new")
    }

    @Test func `when nobody waits any more the making is cancelled`() async throws {
        let (cache, started, cancelled) = (cache, Count(), Count())
        let waiting = Task {
            try await cache.value(for: "a") {
                _ = started.next()
                do {
                    try await Task.sleep(for: .seconds(3_600))
                } catch {
                    _ = cancelled.next()
                    throw error
                }
                return "never"
            }
        }
        while started.value == 0 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(cancelled.value == 1)
        #expect(try await cache.value(for: "a") { "later" } == "later")
    }

    @Test func `values that JSON cannot hold are refused by name`() async throws {
        let key = try KeyValueKey("x")
        await #expect(throws: KeyValueError.notEncodable("Double")) {
            try await store.put(json: Double.infinity, for: key, expiresIn: nil)
        }
        try await store.put(json: ["a": 1], for: key, expiresIn: nil)
        #expect(try await store.get(key, as: [String: Int].self) == ["a": 1])
        #expect(try await store.get(key, as: [Int].self) == nil)
    }
}

private struct Failed: Error {}

private final class Count: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

private actor Gate {
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func wait() async { await withCheckedContinuation { waiters.append($0) } }

    func open() {
        waiters.forEach { $0.resume() }
        waiters = []
    }
}

/// Holds the first put back until it may go on.
private struct SlowStore: KeyValueStore {
    private let store: any KeyValueStore
    private let began = AsyncStream.makeStream(of: Void.self)
    private let allowed = AsyncStream.makeStream(of: Void.self)

    init(_ store: any KeyValueStore) {
        self.store = store
    }

    func untilPutting() async { for await _ in began.stream { break } }
    func letPut() { allowed.continuation.finish() }

    func put(_ value: [UInt8], for key: KeyValueKey, expiresIn life: Duration?) async throws(KeyValueError) {
        began.continuation.yield()
        for await _ in allowed.stream {}
        try await store.put(value, for: key, expiresIn: life)
    }
    func get(_ key: KeyValueKey) async throws(KeyValueError) -> [UInt8]? { try await store.get(key) }
    func delete(_ key: KeyValueKey) async throws(KeyValueError) { try await store.delete(key) }
    func compareAndSet(
        _ key: KeyValueKey, from expected: [UInt8]?, to value: [UInt8], expiresIn life: Duration?
    ) async throws(KeyValueError) -> Bool {
        try await store.compareAndSet(key, from: expected, to: value, expiresIn: life)
    }
    func increment(_ key: KeyValueKey, by amount: Int, expiresIn life: Duration?) async throws(KeyValueError) -> Int {
        try await store.increment(key, by: amount, expiresIn: life)
    }
}

private struct DownStore: KeyValueStore {
    func get(_ key: KeyValueKey) async throws(KeyValueError) -> [UInt8]? { throw .unavailable("down") }
    func put(_ value: [UInt8], for key: KeyValueKey, expiresIn life: Duration?) async throws(KeyValueError) {
        throw .unavailable("down")
    }
    func delete(_ key: KeyValueKey) async throws(KeyValueError) { throw .unavailable("down") }
    func compareAndSet(
        _ key: KeyValueKey, from expected: [UInt8]?, to value: [UInt8], expiresIn life: Duration?
    ) async throws(KeyValueError) -> Bool { throw .unavailable("down") }
    func increment(_ key: KeyValueKey, by amount: Int, expiresIn life: Duration?) async throws(KeyValueError) -> Int {
        throw .unavailable("down")
    }
}
