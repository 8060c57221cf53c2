import Storage
import StorageS3
import StorageSQLite
import StorageTestKit
import Testing

@Suite(.enabled(if: S3Server.endpoint != nil, "\(S3Server.hint)"), .timeLimit(.minutes(30)))
struct UploadSessionS3Tests {
    @Test(arguments: UploadSessionPromise.all)
    func `uploads keep every promise`(_ promise: UploadSessionPromise) async throws {
        try await promise.check(
            .init(database: SQLiteDatabase.inMemory(), store: S3Server.store(), send: S3Server.send))
    }

    @Test func `lifecycle, orphan sweep and scrub work on a bucket`() async throws {
        let store = try await S3Server.store()
        let clock = ManualClock(SystemClock().now())
        let (pending, other) = (try ObjectKey("uploads-pending/1"), try ObjectKey("processed/1"))
        for key in [pending, other] { try await store.put([1, 2, 3], at: key) }
        _ = try await store.beginUpload(at: ObjectKey("uploads-pending/2"), ObjectAttributes())
        let lifecycle = Lifecycle(store, clock: clock)
        #expect(try await lifecycle.sweep() == LifecycleSweep())
        clock.advance(by: .seconds(90_000))
        let sweep = try await lifecycle.sweep()
        #expect((sweep.removed, sweep.bytes, sweep.uploads) == (1, 3, 1))
        #expect(try await store.listKeys(prefix: "", after: nil, limit: 10) == [other])
        #expect(try await Scrub(store).run().bytes == 3)
    }
}
