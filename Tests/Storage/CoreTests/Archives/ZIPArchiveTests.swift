import Foundation
import StorageTestKit
import Testing

@testable import Storage

@Suite struct ZIPArchiveTests {
    private let folder: TemporaryFolder
    private let time = Timestamp(milliseconds: 1_763_800_000_000)

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file(_ bytes: [UInt8]) throws -> String {
        let path = "\(folder.path)/\(UUID().uuidString)"
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func archive(_ files: [(name: String, path: String?)]) async throws -> String {
        let archive = try ZIPArchive(files, modified: time)
        let bytes = try await archive.stream.collected()
        #expect(bytes.count == archive.size)
        return try file(bytes)
    }

    /// What another program says of it.
    private func ask(_ program: String, _ arguments: String...) throws -> (status: Int32, text: String) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.start()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    private static let check = """
        import sys, zipfile, hashlib
        archive = zipfile.ZipFile(sys.argv[1])
        assert archive.testzip() is None
        for entry in archive.infolist()[:9]:
            print(entry.filename, entry.file_size, hashlib.sha256(archive.read(entry)).hexdigest()[:8], entry.date_time)
        print(len(archive.infolist()))
        """

    @Test func `other programs unpack what was put in`() async throws {
        let long = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        let path = try await archive([
            ("SMPL/", nil), ("SMPL/BANK1-01.SMP", try file(long)), ("Größe/日本.wav", try file([1, 2, 3])),
            ("empty", try file([])),
        ])
        let tested = try ask("unzip", "-t", path)
        #expect(tested.status == 0)
        #expect(tested.text.contains("No errors detected"))
        let read = try ask("python3", "-c", Self.check, path)
        #expect(read.status == 0)
        var digest = Checksum.Running()
        digest.add(long)
        let sum = digest.text.prefix(8)
        #expect(read.text.contains("SMPL/BANK1-01.SMP 700000 \(sum) (2025, 11, 22, 8, 26, 40)\n"))
        #expect(read.text.contains("Größe/日本.wav 3 039058c6 "))
        #expect(read.text.hasSuffix("\n4\n"))
    }

    @Test func `an archive of nothing is one`() async throws {
        let read = try ask("python3", "-c", Self.check, try await archive([]))
        #expect((read.status, read.text) == (0, "0\n"))
    }

    @Test func `more files than 16 bits count are told in longer fields`() async throws {
        let path = try await archive((0..<65_540).map { ("f/\($0)/", nil) })
        let read = try ask("python3", "-c", Self.check, path)
        #expect(read.status == 0)
        #expect(read.text.hasSuffix("\n65540\n"))
    }

    @Test func `a file of more than 4 GiB, and one behind it, are found`() throws {
        let size = 5 << 30
        let large = try ZIPEntry(name: "large", size: size, checksum: 0, modified: time)
        let small = try ZIPEntry(name: "small", size: 3, checksum: CRC32.checksum([1, 2, 3]), modified: time)
        let place = large.localHeader.count + size
        let directory = large.directoryHeader(at: 0) + small.directoryHeader(at: place)
        let offset = place + small.localHeader.count + 3
        let end = ZIPDirectoryEnd(entries: 2, size: directory.count, offset: offset).bytes
        // A hole stands for the bytes.
        let path = try file(large.localHeader)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seek(toOffset: UInt64(place))
        try handle.write(contentsOf: Data(small.localHeader + [1, 2, 3] + directory + end))
        try handle.close()
        let program = """
            import sys, zipfile
            archive = zipfile.ZipFile(sys.argv[1])
            print([(entry.filename, entry.file_size) for entry in archive.infolist()], archive.read("small"))
            """
        let read = try ask("python3", "-c", program, path)
        #expect(read.text == "[('large', 5368709120), ('small', 3)] b'\\x01\\x02\\x03'\n")
        #expect(try ask("unzip", "-l", path).text.contains("5368709123"))
    }

    @Test(arguments: [
        "../up", "/root", "a//b", "a/./b", "a\\b", "C:x", "a\nb", "", "..", String(repeating: "n", count: 1_025),
    ])
    func `no name leads out of the folder it is unpacked in`(name: String) throws {
        #expect(throws: ZIPError.unsafeName(name)) {
            try ZIPEntry(name: name, size: 0, checksum: 0, modified: time)
        }
    }

    @Test func `a file that became shorter meanwhile breaks the archive off`() async throws {
        let path = try file([1, 2, 3, 4])
        let archive = try ZIPArchive([("a", path)], modified: time)
        try Data([1]).write(to: URL(filePath: path))
        await #expect(throws: ZIPError.changed("a")) { try await archive.stream.collected() }
    }

    @Test func `checksums are those of the standard`() {
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.checksum([]) == 0)
    }
}
