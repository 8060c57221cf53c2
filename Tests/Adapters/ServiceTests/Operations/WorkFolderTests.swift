import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct WorkFolderTests {
    @Test func `a file exists as long as its use, for this user only`() async throws {
        let (folder, bytes) = (try TemporaryFolder(), MadeAudio.wav())
        let work = try WorkFolder(in: folder.path)
        let path = try await work.withFile(.chunks(bytes, of: 1_000)) { path, _ in
            #expect(FileManager.default.contents(atPath: path) == Data(bytes))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            return path
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `nothing stays of a body that breaks, or of a use that fails`() async throws {
        let folder = try TemporaryFolder()
        let work = try WorkFolder(in: folder.path)
        let body = ByteStream.chunks(MadeAudio.wav(), of: 1_000) { if $0 == 3 { throw Disconnected() } }
        await #expect(throws: Disconnected()) { try await work.withFile(body) { _, _ in } }
        await #expect(throws: Disconnected()) {
            try await work.withFile(ByteStream(MadeAudio.wav())) { _, _ in throw Disconnected() }
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.contains("/") }
        #expect(names.allSatisfy { $0.hasSuffix("/lock") })
    }

    @Test func `folders of the dead are removed, those of the living and what is none stay`() throws {
        let folder = try TemporaryFolder()
        let dead = folder.path + "/dead"
        try FileManager.default.createDirectory(atPath: dead, withIntermediateDirectories: false)
        try Data().write(to: URL(filePath: dead + "/left-over"))
        try Data().write(to: URL(filePath: folder.path + "/a-file"))
        let living = try WorkFolder(in: folder.path)
        #expect(!FileManager.default.fileExists(atPath: dead))
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let second = try WorkFolder(in: folder.path)
        let after = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        // The lock of starts, a-file, and a folder for each of the living.
        #expect(before.count == 3 && after.count == 4 && Set(before).isSubset(of: after))
        withExtendedLifetime((living, second)) {}
    }

    @Test func `a folder goes with its value`() throws {
        let folder = try TemporaryFolder()
        _ = try WorkFolder(in: folder.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["lock"])
    }
}
