import Storage
import StorageSQLite
import StorageTestKit
import Testing

@Suite struct UploadSessionTests {
    @Test(arguments: UploadSessionPromise.all)
    func `uploads keep every promise in memory`(_ promise: UploadSessionPromise) async throws {
        try await check(promise, MemoryObjectStore())
    }

    @Test(arguments: UploadSessionPromise.all)
    func `uploads keep every promise in a folder`(_ promise: UploadSessionPromise) async throws {
        let folder = try TemporaryFolder()
        try await check(promise, LocalObjectStore(folder: folder.path))
        withExtendedLifetime(folder) {}
    }

    private func check(_ promise: UploadSessionPromise, _ store: any MultipartUploading) async throws {
        let server = try LinkServer(over: store)
        try await promise.check(
            .init(database: SQLiteDatabase.inMemory(), store: server.store, send: server.send))
    }
}
