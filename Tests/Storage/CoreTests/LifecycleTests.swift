import Storage
import StorageTestKit
import Testing

@Suite struct LifecycleTests {
    private let clock = ManualClock()
    private let store: MemoryObjectStore

    init() {
        store = MemoryObjectStore(clock: clock)
    }

    private func put(_ keys: String...) async throws {
        for key in keys { try await store.put([1, 2], at: ObjectKey(key)) }
    }

    private var keys: [String] {
        get async throws { try await store.listKeys(prefix: "", after: nil, limit: 1000).map(\.text) }
    }

    @Test func `an object goes when its time is over, to the millisecond, and no other does`() async throws {
        try await put("uploads-pending/a/1", "exports/1", "processed/1", "uploads-pending-not/1")
        clock.advance(by: .seconds(86_400) - .milliseconds(1))
        #expect(try await Lifecycle(store, clock: clock).sweep() == LifecycleSweep())
        clock.advance(by: .milliseconds(1))
        let day = try await Lifecycle(store, clock: clock).sweep()
        #expect((day.removed, day.bytes, day.isComplete) == (1, 2, true))
        #expect(try await keys == ["exports/1", "processed/1", "uploads-pending-not/1"])
        clock.advance(by: .seconds(6 * 86_400))
        #expect(try await Lifecycle(store, clock: clock).sweep().removed == 1)
        #expect(try await keys == ["processed/1", "uploads-pending-not/1"])
    }

    @Test func `a put begins a new life`() async throws {
        try await put("exports/1")
        clock.advance(by: .seconds(6 * 86_400))
        try await put("exports/1")
        clock.advance(by: .seconds(6 * 86_400))
        #expect(try await Lifecycle(store, clock: clock).sweep().removed == 0)
    }

    @Test func `a sweep removes no more than it may, and the next goes on`() async throws {
        for number in 0..<25 { try await put("exports/\(number)") }
        clock.advance(by: .seconds(604_800))
        let lifecycle = Lifecycle(store, rules: [.exports], clock: clock)
        let first = try await lifecycle.sweep(limit: 10)
        #expect((first.removed, first.isComplete) == (10, false))
        #expect(try await lifecycle.sweep(limit: 10).removed == 10)
        let last = try await lifecycle.sweep(limit: 10)
        #expect((last.removed, last.isComplete) == (5, true))
    }

    @Test func `more objects than a page are all looked at`() async throws {
        let rule = try LifecycleRule(prefix: "p/", life: .seconds(1))
        for number in 0..<2345 { try await put("p/\(number)") }
        clock.advance(by: .seconds(1))
        #expect(try await Lifecycle(store, rules: [rule], clock: clock).sweep(limit: 5000).removed == 2345)
    }

    @Test func `what is still needed stays, and a question without an answer removes nothing`() async throws {
        try await put("exports/1", "exports/2")
        clock.advance(by: .seconds(604_800))
        let lifecycle = Lifecycle(store, clock: clock)
        await #expect(throws: DatabaseError.busy) { try await lifecycle.sweep { _ in throw DatabaseError.busy } }
        #expect(try await lifecycle.sweep { $0.key.text == "exports/2" }.removed == 1)
        #expect(try await keys == ["exports/2"])
    }

    @Test func `uploads in parts that nobody ended go too`() async throws {
        _ = try await store.beginUpload(at: ObjectKey("uploads-pending/1"), ObjectAttributes())
        clock.advance(by: .seconds(86_400) + .milliseconds(1))
        let young = try await store.beginUpload(at: ObjectKey("uploads-pending/2"), ObjectAttributes())
        #expect(try await Lifecycle(store, clock: clock).sweep().uploads == 1)
        #expect(try await store.uploads(prefix: "") == [young])
    }

    @Test func `a damaged object is reported, and does not hold up the others`() async throws {
        let folder = try TemporaryFolder()
        let store = try LocalObjectStore(folder: folder.path, clock: clock)
        for name in ["a", "b", "c"] { try await store.put([1], at: ObjectKey("exports/\(name)")) }
        try folder.damage("objects/exports/b@")
        clock.advance(by: .seconds(604_800))
        let sweep = try await Lifecycle(store, clock: clock).sweep()
        #expect((sweep.removed, sweep.failed) == (2, [try ObjectKey("exports/b")]))
    }

    @Test func `a rule is for something, and lasts some time`() throws {
        #expect(throws: ObjectStoreError.self) { try LifecycleRule(prefix: "", life: .seconds(1)) }
        #expect(throws: ObjectStoreError.self) { try LifecycleRule(prefix: "a", life: .zero) }
    }
}
