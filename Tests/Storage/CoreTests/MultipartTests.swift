import Foundation
import Storage
import StorageTestKit
import Testing

@Suite struct MultipartTests {
    @Test(arguments: MultipartPromise.all)
    func `memory keeps every promise about parts`(_ promise: MultipartPromise) async throws {
        try await promise.check(MemoryObjectStore())
    }

    @Test(arguments: MultipartPromise.all)
    func `a folder keeps every promise about parts`(_ promise: MultipartPromise) async throws {
        let folder = try TemporaryFolder()
        try await promise.check(LocalObjectStore(folder: folder.path))
        #expect(try folder.contents(of: "tmp").isEmpty, "temporary files stay behind")
    }
}

@Suite struct LocalUploadTests {
    private let folder: TemporaryFolder
    private let store: LocalObjectStore
    private let key: ObjectKey

    init() throws {
        folder = try TemporaryFolder()
        store = try LocalObjectStore(folder: folder.path)
        key = try ObjectKey("songs/1.wav")
    }

    @Test func `an upload goes on in the next process, and leaves nothing but the object`() async throws {
        let upload = try await store.beginUpload(at: key, ObjectAttributes(contentType: "audio/wav"))
        let part = try await store.uploadPart(1, [1, 2, 3], of: upload)
        let next = try LocalObjectStore(folder: folder.path)
        #expect(try await next.uploads(prefix: "") == [upload])
        #expect(try await next.parts(of: upload) == [part])
        _ = try await next.complete(upload, [part])
        #expect(try folder.contents(of: "uploads").isEmpty)
        #expect(try folder.contents(of: "tmp").isEmpty)
    }

    @Test func `what a crash left of an ended upload goes at the next start`() async throws {
        let upload = try await store.beginUpload(at: key, ObjectAttributes())
        _ = try await store.uploadPart(1, [1], of: upload)
        // A crash within an abort, after the first of its steps.
        try FileManager.default.removeItem(atPath: "\(folder.path)/uploads/\(upload.id)/begun")
        let living = try await store.beginUpload(at: key, ObjectAttributes())
        let next = try LocalObjectStore(folder: folder.path)
        #expect(Set(try folder.contents(of: "uploads").keys) == [living.id, "\(living.id)/begun"])
        #expect(try await next.uploads(prefix: "") == [living])
    }

    @Test func `an upload whose beginning cannot be read for once keeps its parts`() async throws {
        let upload = try await store.beginUpload(at: key, ObjectAttributes())
        let part = try await store.uploadPart(1, [1, 2], of: upload)
        let begun = "\(folder.path)/uploads/\(upload.id)/begun"
        try FileManager.default.moveItem(atPath: begun, toPath: "\(folder.path)/aside")
        // The store opens no link: that it fails stands for a process with too many open files, or a disk that errs.
        try FileManager.default.createSymbolicLink(atPath: begun, withDestinationPath: "\(folder.path)/aside")
        _ = try LocalObjectStore(folder: folder.path)
        try FileManager.default.removeItem(atPath: begun)
        try FileManager.default.moveItem(atPath: "\(folder.path)/aside", toPath: begun)
        let next = try LocalObjectStore(folder: folder.path)
        #expect(try await next.parts(of: upload) == [part])
        _ = try await next.complete(upload, [part])
        #expect(try await next.get(key).stream.collected() == [1, 2])
    }

    @Test func `a crash between the object and the end of its upload changes no answer`() async throws {
        let upload = try await store.beginUpload(at: key, ObjectAttributes())
        let part = try await store.uploadPart(1, [1, 2], of: upload)
        let (from, aside) = ("\(folder.path)/uploads/\(upload.id)", "\(folder.path)/aside")
        try FileManager.default.copyItem(atPath: from, toPath: aside)
        let info = try await store.complete(upload, [part])
        try FileManager.default.moveItem(atPath: aside, toPath: from)
        #expect(try await store.complete(upload, [part]) == info)
        #expect(try await store.uploads(prefix: "").isEmpty)
    }

    @Test func `an object that was put over the completed one is not taken for it`() async throws {
        let upload = try await store.beginUpload(at: key, ObjectAttributes())
        let part = try await store.uploadPart(1, [1, 2], of: upload)
        _ = try await store.complete(upload, [part])
        try await store.put([9], at: key)
        await #expect(throws: ObjectStoreError.self) { try await store.complete(upload, [part]) }
        #expect(try await store.get(key).stream.collected() == [9])
    }

    @Test func `a bit that flips in a part is found before there is an object`() async throws {
        let upload = try await store.beginUpload(at: key, ObjectAttributes())
        let part = try await store.uploadPart(1, Array(repeating: 7, count: 40), of: upload)
        let file = URL(filePath: "\(folder.path)/uploads/\(upload.id)/1")
        let good = try Data(contentsOf: file)
        for offset in good.indices {
            var bad = good
            bad[offset] ^= 1 << UInt8(offset % 8)
            try bad.write(to: file)
            await #expect(throws: ObjectStoreError.corrupted(key), "byte \(offset)") {
                try await store.complete(upload, [part])
            }
            await #expect(throws: ObjectStoreError.notFound(key)) { try await store.head(key) }
        }
    }

    @Test(arguments: ["", "..", "../../objects", "a/b", "%2e%2e", "\u{0}", String(repeating: "a", count: 5000)])
    func `a name of an upload that the store did not give reaches no file`(id: String) async throws {
        try await store.put([1], at: key)
        let before = try folder.contents()
        let upload = MultipartUpload(key: key, id: id, begun: SystemClock().now())
        await #expect(throws: ObjectStoreError.self) { try await store.uploadPart(1, [1], of: upload) }
        await #expect(throws: ObjectStoreError.self) { try await store.parts(of: upload) }
        try await store.abort(upload)
        #expect(try folder.contents() == before)
    }
}
