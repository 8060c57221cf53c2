import Storage
import StorageTestKit
import Testing

@Suite struct MemoryObjectStoreTests {
    @Test(arguments: ObjectStorePromise.all)
    func `keeps every promise`(_ promise: ObjectStorePromise) async throws {
        try await promise.check(MemoryObjectStore())
    }

    @Test func `an object carries the time of its put`() async throws {
        let clock = ManualClock()
        let store = MemoryObjectStore(clock: clock)
        clock.advance(by: .seconds(5))
        #expect(try await store.put([1], at: ObjectKey("take")).modified == clock.now())
    }
}

@Suite struct LocalObjectStorePromiseTests {
    @Test(arguments: ObjectStorePromise.all)
    func `keeps every promise`(_ promise: ObjectStorePromise) async throws {
        let folder = try TemporaryFolder()
        try await promise.check(LocalObjectStore(folder: folder.path + "/store"))
        #expect(try folder.contents(of: "store/tmp").isEmpty, "temporary files stay behind")
    }

    @Test(arguments: ObjectStorePromise.all)
    func `keeps every promise with two values on one folder`(_ promise: ObjectStorePromise) async throws {
        let folder = try TemporaryFolder()
        let (one, two) = (try LocalObjectStore(folder: folder.path), try LocalObjectStore(folder: folder.path))
        try await promise.check(AlternatingObjectStore(one, two))
    }
}

/// Asks one store and the other in turn, as the processes behind a load balancer are asked.
private actor AlternatingObjectStore: ObjectStore {
    private let stores: [any ObjectStore]
    private var calls = 0

    init(_ stores: any ObjectStore...) {
        self.stores = stores
    }

    private var next: any ObjectStore {
        calls += 1
        return stores[calls % stores.count]
    }

    func put(
        _ body: ByteStream, at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await next.put(body, at: key, attributes, if: condition)
    }

    func get(_ key: ObjectKey, range: ByteRange?) async throws(ObjectStoreError) -> ObjectBody {
        try await next.get(key, range: range)
    }

    func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo {
        try await next.head(key)
    }

    func delete(_ key: ObjectKey) async throws(ObjectStoreError) {
        try await next.delete(key)
    }

    func list(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await next.list(prefix: prefix, after: last, limit: limit)
    }

    func copy(
        _ source: ObjectKey, to target: ObjectKey, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await next.copy(source, to: target, if: condition)
    }
}
