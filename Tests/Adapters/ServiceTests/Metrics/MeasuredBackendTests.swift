import AudioCore
import FreshDatabases
import Jobs
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import WaxwingService

/// What stands between the service and its backends changes nothing, and counts.
@Suite struct MeasuredBackendTests {
    private let metrics = MetricRegistry()

    @Test(arguments: ObjectStorePromise.all)
    func `a timed store keeps every promise`(_ promise: ObjectStorePromise) async throws {
        try await promise.check(MemoryObjectStore().measured(by: metrics))
    }

    @Test(arguments: MultipartPromise.all)
    func `a timed store keeps every promise about parts`(_ promise: MultipartPromise) async throws {
        let store = try #require(MemoryObjectStore().measured(by: metrics) as? any MultipartUploading)
        try await promise.check(store)
    }

    @Test(arguments: DatabasePromise.all)
    func `a timed database keeps every promise`(_ promise: DatabasePromise) async throws {
        try await promise.check(MeasuredDatabase(database: FreshDatabase.make(), metrics: metrics))
    }

    @Test func `a store can do no more than the one it stands for`() {
        #expect(!(MemoryObjectStore().measured(by: metrics) is any PresignedURLIssuer))
    }

    @Test func `operations are counted by how they end, and bytes by where they go`() async throws {
        let store = MemoryObjectStore().measured(by: metrics)
        let (there, missing) = (try ObjectKey("a"), try ObjectKey("b"))
        try await store.put(Array("abcdef".utf8), at: there)
        _ = try await store.get(there, range: .closed(0, 1))
        await #expect(throws: ObjectStoreError.notFound(missing)) { _ = try await store.get(missing) }
        let operations = metrics.values(of: .storageOperations)
        #expect(Set(operations.keys) == [["put", "ok"], ["get", "ok"], ["get", "not_found"]])
        #expect(metrics.values(of: .storageBytes).mapValues(\.number) == [["in"]: 6, ["out"]: 2])
    }

    @Test func `a body that runs again is a retry, and what it throws is no fault of the database`() async throws {
        struct Refusal: Error {}
        let database = MeasuredDatabase(
            database: AgainDatabase(database: try await FreshDatabase.make()), metrics: metrics)
        _ = try await database.write { try $0.row("SELECT 1 AS one") }
        await #expect(throws: Refusal.self) { try await database.read { _ in throw Refusal() } }
        #expect(metrics.values(of: .transactionRetries).mapValues(\.number) == [["write"]: 1])
        #expect(Set(metrics.values(of: .transactions).keys) == [["write", "ok"], ["read", "failed"]])
        #expect(
            metrics.values(of: .transactionWait).mapValues { $0.counts.reduce(0, +) } == [["write"]: 1, ["read"]: 1])
    }

    @Test func `a database that is busy, or away, is told apart`() async throws {
        for (error, outcome) in [(DatabaseError.busy, "busy"), (.unavailable("no route"), "unavailable")] {
            let database = MeasuredDatabase(database: BrokenDatabase(error: error), metrics: metrics)
            await #expect(throws: error) { try await database.read { _ in } }
            #expect(metrics.values(of: .transactions)[["read", outcome]] != nil)
        }
        #expect(metrics.values(of: .transactionWait).isEmpty)
    }

    @Test func `a body knows on whose behalf it runs, on whatever thread`() async throws {
        let database = MeasuredDatabase(database: try await FreshDatabase.make(), metrics: metrics)
        let trace = TraceContext.random()
        let seen = try await TraceContext.$current.withValue(trace) {
            try await database.write { _ in TraceContext.current }
        }
        #expect(seen == trace)
        #expect(try await database.write { _ in TraceContext.current } == nil)
    }

    @Test func `an analysis is counted by how it ends`() async throws {
        let fake = FakeAnalyzer(failing: .crashed("it crashed"))
        let analyzer = MeasuredAnalyzer(analyzer: fake, metrics: metrics)
        for (failure, outcome) in [
            (AnalysisFailure.crashed("x"), "crashed"), (.rejected("x"), "rejected"), (.overloaded, "overloaded"),
            (.cancelled, "cancelled"),
        ] {
            fake.fail(with: failure)
            await #expect(throws: failure) { _ = try await analyzer.analyze(path: "/nothing", waveformPoints: nil) }
            #expect(metrics.values(of: .analysis)[["analyze", outcome]]?.counts.reduce(0, +) == 1)
        }
    }
}

/// Runs every body of a write twice, as after contention.
private struct AgainDatabase: Database {
    let database: any Database

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try await database.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await database.write { session in
            _ = try body(session)
            return try body(session)
        }
    }
}

/// Begins nothing.
private struct BrokenDatabase: Database {
    let error: DatabaseError

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        throw error
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        throw error
    }
}
