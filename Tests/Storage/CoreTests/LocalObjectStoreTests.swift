import Foundation
import Storage
import StorageTestKit
import Testing

@Suite struct LocalObjectStoreTests {
    private let folder: TemporaryFolder
    private let store: LocalObjectStore
    private let key: ObjectKey

    init() throws {
        folder = try TemporaryFolder()
        store = try LocalObjectStore(folder: folder.path)
        key = try ObjectKey("takes/1.wav")
    }

    private var file: String { folder.path + "/objects/takes/1.wav@" }
    private var staging: String { folder.path + "/tmp" }

    /// Reads all there is about the object.
    private func readAll() async throws {
        _ = try await store.head(key)
        _ = try await store.get(key).stream.collected()
    }

    @Test(arguments: [0, 1, 64])
    func `one flipped bit anywhere in the file is reported`(size: Int) async throws {
        let attributes = ObjectAttributes(contentType: "audio/wav", metadata: ["title": "Dawn"])
        try await store.put(Array(repeating: 0x41, count: size), at: key, attributes)
        let good = try #require(FileManager.default.contents(atPath: file))
        for offset in good.indices {
            var bad = good
            bad[offset] ^= 1 << UInt8(offset % 8)
            try bad.write(to: URL(filePath: file))
            await #expect(throws: ObjectStoreError.corrupted(key), "byte \(offset) of \(good.count)") {
                try await readAll()
            }
        }
        try good.write(to: URL(filePath: file))
        try await readAll()
    }

    @Test func `a file cut short anywhere is reported`() async throws {
        try await store.put(Array(repeating: 7, count: 50), at: key)
        let good = try #require(FileManager.default.contents(atPath: file))
        for length in 0..<good.count {
            try good.prefix(length).write(to: URL(filePath: file))
            await #expect(throws: ObjectStoreError.corrupted(key), "\(length) bytes") { try await readAll() }
        }
    }

    @Test func `the file of one key is not the object of another`() async throws {
        try await store.put([1], at: key)
        try FileManager.default.copyItem(atPath: file, toPath: folder.path + "/objects/takes/2.wav@")
        let other = try ObjectKey("takes/2.wav")
        await #expect(throws: ObjectStoreError.corrupted(other)) { try await store.get(other) }
    }

    @Test func `a symbolic link in place of the file is refused`() async throws {
        try await store.put([1, 2, 3], at: key)
        // The target is a whole object with the right key: only the link is wrong.
        let outside = try TemporaryFolder()
        let target = outside.path + "/secret"
        try FileManager.default.moveItem(atPath: file, toPath: target)
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: target)
        await #expect(throws: ObjectStoreError.corrupted(key)) { try await store.get(key) }
        await #expect(throws: ObjectStoreError.corrupted(key)) { try await store.head(key) }
        let before = try outside.contents()
        try await store.put([4], at: key)
        #expect(try await store.get(key).stream.collected() == [4])
        #expect(try outside.contents() == before, "a put replaces the link, it does not follow it")
    }

    @Test func `a file that the store did not make does not disturb a listing`() async throws {
        try await store.put([1], at: key)
        for name in [".DS_Store", "notes.txt", "takes/1.wav.asd", "takes/~lock+", "%zz@"] {
            try Data([1]).write(to: URL(filePath: folder.path + "/objects/" + name))
        }
        #expect(try await store.list(prefix: "", after: nil, limit: 10).objects.map(\.key) == [key])
    }

    @Test func `what a dead writer left is swept, what a live one writes stays`() async throws {
        let abandoned = staging + "/abandoned"
        try Data([1]).write(to: URL(filePath: abandoned))
        let pieces = ByteStream(
            pull: nextPiece { [folder, staging] in
                // The upload has begun: another process starts on the same folder.
                _ = try LocalObjectStore(folder: folder.path)
                #expect(!FileManager.default.fileExists(atPath: abandoned))
                #expect(try FileManager.default.contentsOfDirectory(atPath: staging).count == 1)
            })
        _ = try await store.put(pieces, at: key, ObjectAttributes(), if: .always)
        #expect(try await store.get(key).stream.collected() == [1, 2])
        #expect(try folder.contents(of: "tmp").isEmpty)
    }

    @Test func `nothing stays in the folder of temporary files, whichever way a put fails`() async throws {
        try await store.put([1], at: key)
        let huge = ObjectAttributes(metadata: ["notes": String(repeating: "n", count: 1 << 20)])
        await #expect(throws: ObjectStoreError.self) { try await store.put([1], at: key, huge) }
        await #expect(throws: ObjectStoreError.conditionFailed(key)) {
            try await store.put(ByteStream([2]), at: key, ObjectAttributes(), if: .absent)
        }
        let broken = ByteStream(pull: nextPiece { throw CancellationError() })
        await #expect(throws: ObjectStoreError.bodyFailed(CancellationError())) {
            try await store.put(broken, at: key, ObjectAttributes(), if: .always)
        }
        #expect(try folder.contents(of: "tmp").isEmpty)
        #expect(try await store.get(key).stream.collected() == [1])
    }

    @Test func `folders go with their last object`() async throws {
        let deep = try ObjectKey("a/b/c/" + String(repeating: "long", count: 200))
        try await store.put([1], at: deep)
        try await store.put([1], at: ObjectKey("a/z"))
        try await store.delete(deep)
        #expect(Set(try folder.contents(of: "objects").keys) == ["a", "a/z@"])
    }

    @Test func `what is stored is for this user only`() async throws {
        try await store.put([1], at: key)
        for (path, mode) in [(file, 0o600), (folder.path + "/objects", 0o700), (folder.path + "/objects/takes", 0o700)]
        {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(path)")
        }
    }

    @Test func `the objects are there for the next process`() async throws {
        let put = try await store.put([1, 2, 3], at: key)
        #expect(try await LocalObjectStore(folder: folder.path).head(key) == put)
    }

    @Test func `the body comes first in the file, so that it opens in other programs`() async throws {
        try await store.put(Array("RIFF".utf8), at: key)
        #expect(FileManager.default.contents(atPath: file)?.starts(with: Array("RIFF".utf8)) == true)
    }

    @Test func `a folder that cannot be made is unavailable`() throws {
        try Data().write(to: URL(filePath: folder.path + "/file"))
        #expect(throws: ObjectStoreError.self) { try LocalObjectStore(folder: folder.path + "/file/store") }
    }
}

/// Gives `[1]`, does `work`, gives `[2]`, ends.
private func nextPiece(then work: @escaping @Sendable () throws -> Void) -> ByteStream.Pull {
    let step = Step()
    return {
        switch await step.next() {
        case 1: return [1]
        case 2:
            try work()
            return [2]
        default: return nil
        }
    }
}

private actor Step {
    private var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}
