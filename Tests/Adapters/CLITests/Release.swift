import Crypto
import Foundation
import Storage
import StorageSQLite
import StorageTestKit
import Testing

/// What an earlier release wrote, as `Scripts/release-database.sh` kept it in `Tests/Fixtures/Upgrade`.
struct Release: Decodable {
    struct Person: Decodable {
        let id: String
        let email: String
        let password: String
        let key, readingKey, refreshToken, plan: String?
    }

    struct Job: Decodable {
        let id: String
        let status: String
        let error: String?
    }

    struct StoredObject: Decodable {
        let path: String
        /// Which sound it is; nil where ``body`` is all of it.
        let sound: String?
        let body: String?
        /// What the store noted of it.
        let about: String
    }

    /// Milliseconds since 1970.
    let writtenAt: Int
    let people: [String: Person]
    let jobs: [Job]
    let waiting: [String]
    let hidden, purged: String
    let keysFile: String
    let sounds: String
    let store: [StoredObject]

    /// All that were kept, the oldest first.
    static let names = ["0.1.0-sign-in", "0.1.0-billing"]
    /// The sounds that were uploaded are not kept with it: they are those of a package.
    static let hasSounds = FileManager.default.fileExists(atPath: "/usr/share/lmms/samples/drums/kick01.ogg")
    static let hint: Comment = "install lmms-common (Scripts/setup.sh with PEERS=all) to upgrade earlier installations"

    static func named(_ name: String) throws -> Release {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Release.self, from: Data(contentsOf: file(name, "json")))
    }

    /// The samples, as the release showed them.
    static func samples(_ name: String) throws -> [[String: Any]] {
        let told = try JSONSerialization.jsonObject(with: Data(contentsOf: file(name, "json"))) as? [String: Any]
        return try #require(told?["samples"] as? [[String: Any]])
    }

    private static func file(_ name: String, _ kind: String) -> URL {
        folder.appending(path: "\(name).\(kind)")
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/Upgrade").standardizedFileURL

    func sound(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: sounds + name))) }

    /// Makes the data folder anew, as if it had been written an hour ago.
    func unpack(_ name: String, to data: String) async throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let keys = files.createFile(
            atPath: "\(data)/keys.json", contents: Data(keysFile.utf8), attributes: [.posixPermissions: 0o600])
        #expect(keys)
        for object in store {
            let path = URL(filePath: "\(data)/\(object.path)")
            try files.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            let body = try object.sound.map(sound) ?? Array((object.body ?? "").utf8)
            try Data(body + Self.trailer(object.about)).write(to: path)
        }
        let shift = Int(Date().timeIntervalSince1970 * 1_000) - 3_600_000 - writtenAt
        let script = try String(contentsOf: Self.file(name, "sql"), encoding: .utf8)
        let statements = moved(script, by: shift).split(separator: ";\n").map(String.init)
            .filter { $0 != "BEGIN TRANSACTION" && $0 != "COMMIT" }
        #expect(statements.count > 100)
        try await SQLiteDatabase(path: "\(data)/waxwing.sqlite").write { session in
            // Rows come in the order of their tables' names, some before those that they refer to.
            _ = try session.rows("PRAGMA defer_foreign_keys = ON")
            let tables = statements.filter { $0.hasPrefix("CREATE TABLE ") }
            for statement in tables + statements.filter({ !$0.hasPrefix("CREATE TABLE ") }) {
                try session.execute(SQL(stringLiteral: statement))
            }
        }
    }

    /// As the store ends a file.
    private static func trailer(_ about: String) -> [UInt8] {
        let json = Array(about.utf8)
        let length = withUnsafeBytes(of: UInt64(json.count).bigEndian) { Array($0) }
        return json + Array(SHA256.hash(data: json)) + length + Array("WAXWING1".utf8)
    }

    /// With all times later by that many milliseconds: what was to end in a month still is.
    private func moved(_ script: String, by shift: Int) -> String {
        // Other numbers are no times of a year around.
        let times = (writtenAt - 400 * 86_400_000)...(writtenAt + 400 * 86_400_000)
        let numbers = script.replacing(/\b1[0-9]{12}\b/) { found in
            guard let number = Int(found.output), times.contains(number) else { return String(found.output) }
            return "\(number + shift)"
        }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return numbers.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) { found in
            guard let time = try? style.parse(String(found.output)) else { return String(found.output) }
            return time.addingTimeInterval(Double(shift) / 1_000).formatted(style)
        }
    }
}
