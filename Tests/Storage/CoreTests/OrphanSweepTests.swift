import Storage
import StorageTestKit
import Synchronization
import Testing

@Suite struct OrphanSweepTests {
    private let clock = ManualClock()
    private let store: MemoryObjectStore
    private let rows = Rows()

    init() {
        store = MemoryObjectStore(clock: clock)
    }

    private var sweep: OrphanSweep { OrphanSweep(store, references: rows, clock: clock) }

    private func put(_ names: some Sequence<String>) async throws {
        for name in names { try await store.put([1, 2, 3], at: ObjectKey("p/" + name)) }
    }

    private func know(_ names: some Sequence<String>) throws {
        try rows.add(names.map { try ObjectKey("p/" + $0) })
    }

    private func names(_ keys: [ObjectKey]) -> [String] {
        keys.map { String($0.text.dropFirst(2)) }
    }

    @Test func `objects without a row and rows without an object are found`() async throws {
        try await put(["a", "b", "c/d", "é"])
        try know(["b", "c", "é", "z"])
        try await store.put([1], at: ObjectKey("other"))
        let report = try await sweep.run(prefix: "p/")
        #expect((report.objects, report.rows) == (4, 4))
        #expect(names(report.withoutRow) == ["a", "c/d"])
        #expect(names(report.withoutObject) == ["c", "z"])
        #expect(report.removed.isEmpty)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `any mixture of objects and rows is told apart, over many pages`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let all = (0..<3000).map { "\($0)" }
        let objects = Set(all.filter { _ in Bool.random(using: &random) })
        let known = Set(all.filter { _ in Bool.random(using: &random) })
        try await put(objects)
        try know(known)
        let report = try await sweep.run(prefix: "p/")
        #expect(Set(names(report.withoutRow)) == objects.subtracting(known))
        #expect(Set(names(report.withoutObject)) == known.subtracting(objects))
        #expect((report.objects, report.rows) == (objects.count, known.count))
    }

    @Test func `an object goes after its grace time, never before, and rows never`() async throws {
        try await put(["old", "known"])
        try know(["known", "gone"])
        clock.advance(by: .seconds(86_400) - .milliseconds(1))
        try await put(["young"])
        #expect(try await sweep.run(prefix: "p/", removing: .init()).removed.isEmpty)
        clock.advance(by: .milliseconds(1))
        let report = try await sweep.run(prefix: "p/", removing: .init())
        #expect(names(report.removed) == ["old"])
        #expect(report.removedBytes == 3)
        #expect(names(report.withoutObject) == ["gone"])
        #expect(try await store.listKeys(prefix: "", after: nil, limit: 9).map(\.text) == ["p/known", "p/young"])
    }

    @Test func `a row that comes during the sweep saves its object`() async throws {
        try await put(["a", "b"])
        try know(["c"])
        clock.advance(by: .seconds(100_000))
        rows.whenReadToTheEnd { [rows] in rows.add([try ObjectKey("p/a")]) }
        #expect(names(try await sweep.run(prefix: "p/", removing: .init()).removed) == ["b"])
    }

    @Test(arguments: [0, 1, 2])
    func `rows that cannot be read, or not to the end, remove nothing`(pages: Int) async throws {
        try await put((0..<2500).map { "\($0)" })
        try know((0..<2500).map { "\($0)x" })
        clock.advance(by: .seconds(100_000))
        rows.fail(afterPages: pages)
        await #expect(throws: DatabaseError.busy) { try await sweep.run(prefix: "p/", removing: .init()) }
        #expect(try await store.listKeys(prefix: "", after: nil, limit: 5000).count == 2500)
    }

    @Test func `rows in another order than that of the bytes remove nothing`() async throws {
        try await put(["A", "b", "C"])
        try know(["A", "b", "C"])
        rows.sort { $0.text.lowercased() < $1.text.lowercased() }
        clock.advance(by: .seconds(100_000))
        await #expect(throws: OrphanSweepError.self) { try await sweep.run(prefix: "p/", removing: .init()) }
    }

    @Test func `without a single row nothing is removed, unless that is wanted`() async throws {
        try await put(["a"])
        clock.advance(by: .seconds(100_000))
        let spared = try await sweep.run(prefix: "p/", removing: .init())
        #expect((spared.wasSpared, spared.removed) == (true, []))
        let removed = try await sweep.run(prefix: "p/", removing: .init(evenWithoutRows: true))
        #expect(removed.removed.count == 1)
    }

    @Test func `what one report cannot name, the next ones do`() async throws {
        let (objects, known) = ((0..<70).map { "\($0)" }, (40..<100).map { "\($0)" })
        try await put(objects)
        try know(known)
        let sweep = OrphanSweep(store, references: rows, clock: clock, mostNamed: 7)
        var (bare, lost, last, reports) = (Set<String>(), Set<String>(), ObjectKey?.none, 0)
        repeat {
            let report = try await sweep.run(prefix: "p/", after: last)
            #expect(report.withoutRow.count <= 7 && report.withoutObject.count <= 7)
            bare.formUnion(names(report.withoutRow))
            lost.formUnion(names(report.withoutObject))
            (last, reports) = (report.last, reports + 1)
        } while last != nil
        #expect(bare == Set(objects).subtracting(known))
        #expect(lost == Set(known).subtracting(objects))
        #expect(reports > 5)
    }

    @Test func `no more are removed than may be`() async throws {
        try await put((0..<30).map { "\($0)" })
        try know(["z"])
        clock.advance(by: .seconds(100_000))
        #expect(try await sweep.run(prefix: "p/", removing: .init(limit: 20)).removed.count == 20)
        #expect(try await sweep.run(prefix: "p/", removing: .init(limit: 20)).removed.count == 10)
    }
}

private final class Rows: ReferencedKeys {
    private struct State {
        var keys: [ObjectKey] = []
        var pagesLeft = Int.max
        var atEnd: @Sendable () throws -> Void = {}
    }

    private let state = Mutex(State())

    func add(_ keys: [ObjectKey]) {
        state.withLock { $0.keys = ($0.keys + keys).sorted() }
    }

    func sort(by areInOrder: (ObjectKey, ObjectKey) -> Bool) {
        state.withLock { $0.keys.sort(by: areInOrder) }
    }

    func fail(afterPages pages: Int) {
        state.withLock { $0.pagesLeft = pages }
    }

    func whenReadToTheEnd(_ action: @escaping @Sendable () throws -> Void) {
        state.withLock { $0.atEnd = action }
    }

    func keys(prefix: String, after last: ObjectKey?, limit: Int) async throws -> [ObjectKey] {
        let (page, atEnd) = try state.withLock { state in
            guard state.pagesLeft > 0 else { throw DatabaseError.busy }
            state.pagesLeft -= 1
            let keys = state.keys.filter { $0.text.hasPrefix(prefix) }
            let start = last.flatMap { keys.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
            return (Array(keys[start...].prefix(limit)), state.atEnd)
        }
        if page.count < limit { try atEnd() }
        return page
    }

    func isReferenced(_ key: ObjectKey) async throws -> Bool {
        state.withLock { $0.keys.contains(key) }
    }
}
