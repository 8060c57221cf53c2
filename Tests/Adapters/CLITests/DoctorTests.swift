import Foundation
import StorageTestKit
import Testing

/// `waxwing doctor`: what it finds, and what it says to do.
@Suite struct DoctorTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var data: String { "\(folder.path)/var" }

    private struct Finding: Decodable {
        let subject: String
        let state: String
        let found: String
        let remedy: String?
    }

    private struct Report: Decodable {
        let state: String
        let findings: [Finding]
    }

    /// Without what only these tests set.
    private func examine(_ environment: [String: String] = [:]) async throws -> (status: Int32, report: Report) {
        let own = [
            "WAXWING_DATA": data, "WAXWING_STRICT": "", "WAXWING_VECTORS": "", "DATABASE_URL": "", "S3_BUCKET": "",
            "S3_ENDPOINT": "",
        ]
        let result = try await Program.run(["doctor", "--json"], environment: own.merging(environment) { $1 })
        return (result.status, try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)))
    }

    private func expect(_ found: (status: Int32, report: Report), _ subject: String, _ state: String, _ words: String) {
        let isThere = found.report.findings.contains {
            $0.subject == subject && $0.state == state && ($0.found + ($0.remedy ?? "")).contains(words)
        }
        #expect(isThere, "\(found.report.findings)")
        if state == "failing" { #expect(found.status == 2 && found.report.state == "failing") }
        if state == "warning" { #expect(found.status >= 1) }
        for finding in found.report.findings { #expect((finding.remedy == nil) == (finding.state == "ok")) }
    }

    /// How many files may be open, and the room on the disk, are the machine's own affair.
    private func faults(_ report: Report) -> [Finding] {
        report.findings.filter { $0.state != "ok" && !["open files", "disk"].contains($0.subject) }
    }

    @Test func `before the first start nothing is made, and nothing is wrong`() async throws {
        let found = try await examine()
        #expect(faults(found.report).isEmpty, "\(found.report.findings)")
        #expect(!FileManager.default.fileExists(atPath: data))
        expect(found, "database", "ok", "first start")
    }

    @Test(arguments: Deployment.single)
    func `a service that runs is well, and nothing of the look is left`(on deployment: Deployment) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        let token = try await server.signUp()
        let found = try await examine(environment)
        #expect(faults(found.report).isEmpty, "\(found.report.findings)")
        expect(found, "objects", "ok", "conditions")
        expect(found, "objects", "ok", "those of the database")
        expect(found, "database", "ok", "can be written")
        expect(found, "clock", "ok", "agrees")
        #expect(try await server.get("/api/user", token: token)["success"] as? Bool == true)
        if deployment == .embedded {
            let left = FileManager.default.enumerator(atPath: data)?.compactMap { $0 as? String } ?? []
            #expect(!left.isEmpty && !left.contains { $0.contains("doctor-") }, "\(left)")
        }
        #expect(await server.stop() == 0)
    }

    @Test func `a server that runs is told from one that does not, by whatever address it listens on`() async throws {
        let server = try await TestServer(folder)
        for host in ["127.0.0.1", "0.0.0.0"] {
            let here = ["WAXWING_DATA": data, "PORT": "\(server.port)", "WAXWING_HOST": host]
            // Which has a few seconds, on a busy machine too few.
            var live = try await Program.run(["doctor", "--live"], environment: here)
            let end = ContinuousClock.now + .seconds(300)
            while live.output.contains("has not answered within"), ContinuousClock.now < end {
                live = try await Program.run(["doctor", "--live"], environment: here)
            }
            #expect(live.status == 0 && live.output.contains("is well"), "\(live.output)\(live.errors)")
        }
        let other = try await Program.run(["doctor", "--live", "--json"], environment: ["PORT": "1"])
        #expect(other.status == 2 && other.output.contains("nobody answers"))
        let unknown = try await Program.run(["doctor", "--live"], environment: ["PORT": "0"])
        #expect(unknown.status == 2 && unknown.output.contains("set PORT to a number"))
        #expect(await server.stop() == 0)
    }

    private func stoppedService() async throws {
        let server = try await TestServer(folder)
        #expect(await server.stop() == 0)
        // A clean stop leaves one file.
        #expect(!FileManager.default.fileExists(atPath: "\(data)/waxwing.sqlite-wal"))
    }

    @Test func `keys that others may read are failing, and the remedy mends it`() async throws {
        try await stoppedService()
        for path in [data, "\(data)/keys.json"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        expect(try await examine(), "data folder", "failing", "chmod 700 \(data)")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: data)
        #expect(faults(try await examine().report).isEmpty)
    }

    @Test func `a database that is damaged is failing, and so is one that is none`() async throws {
        try await stoppedService()
        let path = "\(data)/waxwing.sqlite"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try #require(bytes.count > 40 * 4096)
        for page in 3..<(bytes.count / 4096) {
            for offset in 0..<64 { bytes[page * 4096 + offset] = 0xAB }
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        expect(try await examine(), "database", "failing", "it is damaged")
        try Data("no database, as everybody can see who looks".utf8).write(to: URL(fileURLWithPath: path))
        expect(try await examine(), "database", "failing", "waxwing restore")
    }

    @Test func `objects that are gone, or of another service, are failing`() async throws {
        try await stoppedService()
        try FileManager.default.removeItem(atPath: "\(data)/store")
        expect(try await examine(), "objects", "failing", "waxwing restore")
    }

    @Test func `what cannot be reached is failing, each with what to look at`() async throws {
        let nobody = "127.0.0.1:1"
        let found = try await examine([
            "DATABASE_URL": "postgres://waxwing:canary@\(nobody)/none",
            "WAXWING_SECRET": String(repeating: "s", count: 40),
            "WAXWING_SMTP_URL": "smtp+plain://\(nobody)", "WAXWING_MAIL_FROM": "ada@example.com",
            "WAXWING_URL": "https://sounds.example.com",
        ])
        expect(found, "database", "failing", "DATABASE_URL")
        expect(found, "mail", "failing", "WAXWING_SMTP_URL")
        expect(found, "proxies", "warning", "WAXWING_TRUSTED_PROXIES")
        #expect(!found.report.findings.contains { "\($0)".contains("canary") })
    }

    @Test(arguments: [
        (["WAXWING_URL": "http://sounds.example.com"], "address", "in the clear"),
        (["WAXWING_HOST": "0.0.0.0"], "address", "set WAXWING_URL"),
        (["WAXWING_PORT": "9000"], "settings", "there is no setting WAXWING_PORT"),
    ])
    func `what works and should not stay so is a warning`(
        environment: [String: String], subject: String, words: String
    ) async throws {
        let found = try await examine(environment)
        expect(found, subject, "warning", words)
        #expect(found.report.state == "warning" && found.status == 1)
    }

    @Test func `settings with which nothing starts are failing, and the machine is looked at all the same`()
        async throws
    {
        let found = try await examine(["PORT": "x", "WAXWING_WORKERS": "y"])
        expect(found, "settings", "failing", "PORT")
        expect(found, "settings", "failing", "WAXWING_WORKERS")
        #expect(found.report.findings.contains { $0.subject == "open files" })
    }

    @Test func `a file of secrets that others may read is a warning`() async throws {
        let path = try folder.write(Array("JWT_SECRET=\(String(repeating: "j", count: 40))\n".utf8), to: "waxwing.env")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        expect(try await examine(["WAXWING_CONFIG": path]), "settings", "warning", "chmod 600 \(path)")
    }
}
