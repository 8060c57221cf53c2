import Foundation
import Testing

@testable import Auth

@Suite struct KeyFileTests {
    private let folder: URL
    private var path: String { folder.appending(path: "keys.json").path(percentEncoded: false) }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "waxwing-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    @Test func `the first start makes keys, the next ones find them`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try await KeyFile.loadOrCreate(path)
        #expect(made.signing.count == 1 && made.link.count == 1)
        #expect((made.signing + made.link).allSatisfy { $0.secret.bytes.count == 32 })
        #expect(made.signing[0].secret != made.link[0].secret)
        #expect(try await KeyFile.loadOrCreate(path) == made)
        _ = try KeySet(hs256: made.signing)
    }

    @Test func `only the owner may read the file, and nothing else is left in the folder`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await KeyFile.loadOrCreate(path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == ["keys.json"])
    }

    @Test func `programs that start together agree on the keys`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for round in 0..<20 {
            let path = "\(path).\(round)"
            let found = try await withThrowingTaskGroup(of: KeyRing.self) { group in
                for _ in 0..<8 { group.addTask { try await KeyFile.loadOrCreate(path) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(found.count == 8 && found.allSatisfy { $0 == found[0] })
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o666])
    func `a file open to others is refused`(mode: Int) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await KeyFile.loadOrCreate(path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        await #expect(throws: KeyFileError.openToOthers(path: path, mode: UInt32(mode))) {
            try await KeyFile.loadOrCreate(path)
        }
    }

    @Test(arguments: [
        "", "{}", "not JSON", #"{"version":2,"signing":[],"link":[]}"#, #"{"version":1,"signing":[],"link":[]}"#,
        #"{"version":1,"signing":[{"id":"a","secret":"c2hvcnQ"}],"link":[{"id":"b","secret":"c2hvcnQ"}]}"#,
        String(repeating: " ", count: 70_000),
    ])
    func `a damaged file is refused and left as it is`(text: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        await #expect(throws: KeyFileError.notAKeyFile(path: path)) { try await KeyFile.loadOrCreate(path) }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(text.utf8))
    }

    @Test func `a symbolic link and a missing folder are refused`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await KeyFile.loadOrCreate(path)
        try FileManager.default.createSymbolicLink(atPath: "\(path).link", withDestinationPath: path)
        await #expect(throws: KeyFileError.self) { try await KeyFile.loadOrCreate("\(path).link") }
        await #expect(throws: KeyFileError.self) { try await KeyFile.loadOrCreate("\(path).d/keys.json") }
    }

    @Test func `a secret never shows itself`() {
        let keys = KeyRing(signing: [NamedSecret(id: "a", secret: Secret([7, 7, 7]))], link: [])
        var dumped = ""
        dump(keys, to: &dumped)
        #expect("\(keys) \(String(reflecting: keys)) \(dumped)".contains("***"))
        #expect(!"\(keys) \(String(reflecting: keys)) \(dumped)".contains("7"))
    }
}
