import Foundation
import Storage
import Testing

@testable import Auth

@Suite struct KeyFileTests {
    private let folder: URL
    private let now = Timestamp(milliseconds: 1_700_000_000_000)
    private var path: String { folder.appending(path: "keys.json").path(percentEncoded: false) }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "waxwing-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    @Test func `the first start makes keys, the next ones find them`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try await KeyFile(path).loadOrCreate(at: now)
        let keys = KeyUse.allCases.map { made[$0].newest }
        #expect(KeyUse.allCases.allSatisfy { made[$0].older.isEmpty } && made[.signing].newest.algorithm == .es256)
        #expect(Set(keys.map(\.key.secret.bytes)).count == 4 && Set(keys.map(\.id)).count == 4)
        #expect(keys.allSatisfy { $0.key.secret.bytes.count == 32 && $0.signsFrom == now })
        #expect(try await KeyFile(path).loadOrCreate(at: now) == made)
        #expect(try await KeyFile(path).load() == made)
    }

    @Test func `only the owner may read the file, and nothing else is left in the folder`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await KeyFile(path).loadOrCreate(at: now)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == ["keys.json"])
    }

    @Test func `programs that start together agree on the keys`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for round in 0..<20 {
            let path = "\(path).\(round)"
            let found = try await withThrowingTaskGroup(of: KeyRing.self) { group in
                for _ in 0..<8 { group.addTask { try await KeyFile(path).loadOrCreate(at: now) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(found.count == 8 && found.allSatisfy { $0 == found[0] })
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o666])
    func `a file open to others is refused`(mode: Int) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await KeyFile(path).loadOrCreate(at: now)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        await #expect(throws: KeyFileError.openToOthers(path: path, mode: UInt32(mode))) {
            try await KeyFile(path).loadOrCreate(at: now)
        }
    }

    @Test(arguments: [
        "", "{}", "not JSON", #"{"version":3,"keys":{}}"#, #"{"version":2,"signing":[],"link":[]}"#,
        #"{"version":2,"keys":{"signing":[],"link":[],"refresh":[],"webhook":[]}}"#,
        #"{"version":1,"signing":[],"link":[]}"#,
        #"{"version":1,"signing":[{"id":"a","secret":"c2hvcnQ"}],"link":[{"id":"b","secret":"c2hvcnQ"}]}"#,
        String(repeating: " ", count: 300_000),
    ])
    func `a damaged file is refused and left as it is`(text: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        await #expect(throws: KeyFileError.notAKeyFile(path: path)) { try await KeyFile(path).loadOrCreate(at: now) }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(text.utf8))
    }

    @Test func `a symbolic link and a missing folder are refused`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await KeyFile(path).loadOrCreate(at: now)
        try FileManager.default.createSymbolicLink(atPath: "\(path).link", withDestinationPath: path)
        await #expect(throws: KeyFileError.self) { try await KeyFile("\(path).link").loadOrCreate(at: now) }
        await #expect(throws: KeyFileError.self) { try await KeyFile("\(path).d/keys.json").loadOrCreate(at: now) }
    }

    @Test func `a file that is not there is said so, and none is made by looking or rotating`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = KeyFile(path)
        await #expect(throws: KeyFileError.missing(path: path)) { try await file.load() }
        await #expect(throws: KeyFileError.missing(path: path)) { try await file.rotate(.link, at: now) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a rotated file is as private as before, and nothing of the old one is left over`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = KeyFile(path)
        let before = try await file.loadOrCreate(at: now)
        let after = try await file.rotate(.link, at: now)
        #expect(try await file.load() == after && after != before)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
        #expect(left == ["keys.json", "keys.json.lock"])
    }

    @Test func `of many who rotate at once none undoes what another did`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = KeyFile(path)
        let first = try await file.loadOrCreate(at: now)
        let made = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<12 {
                group.addTask { try await KeyFile(path).rotate(.signing, at: now)[.signing].newest.id }
            }
            return try await group.reduce(into: [first[.signing].newest.id]) { $0.append($1) }
        }
        #expect(Set(try await file.load()[.signing].all.map(\.id)) == Set(made))
    }

    @Test func `a change that fails leaves the file as it is`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = KeyFile(path)
        let before = try await file.loadOrCreate(at: now)
        await #expect(throws: KeyRotationError.operatorsKey) {
            try await file.update { _ in throw KeyRotationError.operatorsKey }
        }
        #expect(try await file.load() == before)
    }
}
