import Foundation
import Storage
import StorageSQLite
import StorageTestKit
import Testing

/// A data folder that an earlier release has left, to be gone on with by this program.
final class OldInstallation {
    let name: String
    let release: Release
    private(set) var folder: TemporaryFolder
    private(set) var environment: [String: String]

    init(_ name: String) async throws {
        (self.name, release, folder) = (name, try Release.named(name), try TemporaryFolder())
        environment = [
            "WAXWING_DATA": "\(folder.path)/var", "PORT": "0", "WAXWING_PAYMENTS": "development",
            "WAXWING_ENVIRONMENT": "development",
        ]
        environment["WAXWING_PLANS"] = try folder.write(try await Self.plans(by: Program.path), to: "plans.json")
        try await release.unpack(name, to: "\(folder.path)/var")
    }

    /// Those that are sold, without what makes one wait.
    static func plans(by program: String) async throws -> [UInt8] {
        let template = try await Program.run(["plans", "template", "--profile", "saas"], by: program)
        var file = try #require(JSONSerialization.jsonObject(with: Data(template.output.utf8)) as? [String: Any])
        let plans = try #require(file["plans"] as? [String: [String: Any]])
        file["plans"] = plans.mapValues { $0.merging(["delay_seconds": 0, "delay_until_seconds": NSNull()]) { $1 } }
        file["request_limits"] = NSNull()
        return try Array(JSONSerialization.data(withJSONObject: file))
    }

    /// In place, or by a backup of what the release has left onto a PostgreSQL database and a bucket.
    func upgrade(onto deployment: Deployment) async throws {
        #expect(try await run("db", "status", status: 1).contains("to do:"))
        switch deployment {
        case .embedded:
            #expect(try await run("db", "migrate").contains("steps taken"))
            #expect(try await run("db", "migrate") == "Nothing to do.\n")
        case .shared, .several:
            let backup = "\(folder.path)/backup"
            try await run("backup", backup)
            let old = folder
            defer { withExtendedLifetime(old) {} }
            folder = try TemporaryFolder()
            environment.merge(try await deployment.environment()) { $1 }
            environment["WAXWING_DATA"] = "\(folder.path)/var"
            environment["WAXWING_PLANS"] = try folder.write(
                try await Self.plans(by: Program.path), to: "plans.json")
            try await run("restore", backup)
        }
        try await run("db", "status")
        try await isWhole()
    }

    /// The schema is as of a new database, rows are sound, entries of quota add up, and objects are those of the rows.
    func isWhole() async throws {
        #expect(try await run("db", "check").contains("nothing is wrong"))
        #expect(try await run("usage", "verify").contains("everything adds up"))
        try await run("store", "orphans")
    }

    @discardableResult
    func run(_ arguments: String..., status: Int32 = 0) async throws -> String {
        let result = try await Program.run(arguments, environment: environment)
        #expect(result.status == status, "\(arguments): \(result.output)\(result.errors)")
        return result.output
    }

    /// Says that a newer program has been here.
    func note(step: Int, of module: String) async throws {
        try await SQLiteDatabase(path: "\(folder.path)/var/waxwing.sqlite").write { session in
            _ = try session.execute(
                """
                INSERT INTO schema_migrations (module, number, name, applied_at)
                VALUES (\(module), \(step), \("of tomorrow"), \(0))
                """)
        }
    }

    // MARK: Who and what was there

    func person(_ name: String) throws -> Release.Person { try #require(release.people[name]) }

    /// The sample that was neither hidden nor removed.
    func kick() throws -> String { try #require(try Release.samples(name).first?["id"] as? String) }

    func login(_ email: String, _ password: String, at server: TestServer) async throws -> (status: Int, body: Data) {
        try await server.send(
            "POST", "/api/auth/login", Array(#"{"email": "\#(email)", "password": "\#(password)"}"#.utf8))
    }

    /// - Returns: an access token.
    func signIn(_ person: Release.Person, at server: TestServer) async throws -> String {
        let (status, body) = try await login(person.email, person.password, at: server)
        #expect(status == 200)
        let answer = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        return try #require((answer["data"] as? [String: Any])?["access_token"] as? String)
    }
}
