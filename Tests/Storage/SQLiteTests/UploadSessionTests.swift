import Foundation
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
        let folder = FileManager.default.temporaryDirectory.path + "/waxwing-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await check(promise, LocalObjectStore(folder: folder))
    }

    private func check(_ promise: UploadSessionPromise, _ store: any MultipartUploading) async throws {
        let links = try SignedLinks(
            base: "http://127.0.0.1/objects", secrets: [Array(repeating: 1, count: SignedLinks.shortestSecret)])
        let server = LinkServer(store: LinkedObjectStore(store, links: links))
        try await promise.check(
            .init(database: SQLiteDatabase.inMemory(), store: server.store, send: server.send))
    }
}
