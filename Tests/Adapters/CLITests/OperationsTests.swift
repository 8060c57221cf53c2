import Foundation
import StorageTestKit
import Testing

/// Looking after a service's rows and objects, as an operator does it.
@Suite struct OperationsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func waxwing(
        _ arguments: String..., on data: String, _ environment: [String: String] = [:]
    ) async throws -> Program.Result {
        try await Program.run(arguments, environment: ["WAXWING_DATA": data].merging(environment) { $1 })
    }

    /// As soon as PostgreSQL has noticed that a service which was stopped is gone.
    private func afterStop(
        _ arguments: String..., on data: String, _ environment: [String: String] = [:]
    ) async throws -> Program.Result {
        while true {
            let result = try await Program.run(
                arguments, environment: ["WAXWING_DATA": data].merging(environment) { $1 })
            guard result.errors.contains("stop every server") else { return result }
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `a service kept while it runs comes back with its samples, their bytes and its accounts`(
        on deployment: Deployment
    ) async throws {
        var server = try await TestServer(folder)
        let token = try await server.signUp()
        let sound = Sound.kicks(seconds: 1)
        let job = try #require(try await server.upload(sound, named: "a.wav", token: token))
        #expect(try await server.finished(job, token: token)["status"] as? String == "completed")
        let backup = "\(folder.path)/backup"
        let kept = try await waxwing("backup", backup, "--json", on: server.data)
        #expect(kept.status == 0, "\(kept.errors)")
        // What was uploaded goes a little after its job has ended: it may be in the backup, too.
        #expect(try objects(below: "processed", in: backup) == 1)
        let refused = try await waxwing("restore", backup, on: server.data)
        #expect(refused.status == 1 && refused.errors.contains("stop every server"))
        #expect(await server.stop() == 0)

        let (other, environment) = (try TemporaryFolder(), try await deployment.environment())
        let restored = try await waxwing("restore", backup, on: "\(other.path)/var", environment)
        #expect(restored.status == 0, "\(restored.errors)")
        server = try await TestServer(other, environment: environment)
        try await isKeptFromReplacing(backup, on: server.data, environment)
        let login = Array(#"{"email": "ada@example.com", "password": "correct horse 9"}"#.utf8)
        let answer = try await server.send("POST", "/api/auth/login", login)
        let body = try #require(try JSONSerialization.jsonObject(with: answer.body) as? [String: Any])
        let again = try #require((body["data"] as? [String: Any])?["access_token"] as? String)
        let samples = try await server.all("/api/samples", token: again)
        let id = try #require(samples.first?["id"] as? String)
        #expect(try await Array(server.send("GET", "/api/samples/\(id)/audio", token: again).body) == sound)
        #expect(await server.stop() == 0)
        let occupied = try await afterStop("restore", backup, on: server.data, environment)
        #expect(occupied.status == 1 && occupied.errors.contains("has rows"))
        #expect(try await afterStop("restore", backup, "--replace", on: server.data, environment).status == 0)
        #expect(try await waxwing("db", "check", on: server.data, environment).status == 0)
    }

    /// A worker alone is at work on the rows, too.
    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `an upload that waits is kept with its job, and rows are not replaced under a worker`(
        on deployment: Deployment
    ) async throws {
        var environment = try await deployment.environment()
        environment["WAXWING_WORKERS"] = "0"
        let server = try await TestServer(folder, environment: environment)
        let token = try await server.signUp()
        _ = try #require(try await server.upload(Sound.kicks(seconds: 1), named: "a.wav", token: token))
        let backup = "\(folder.path)/backup"
        let kept = try await waxwing("backup", backup, on: server.data, environment)
        #expect(kept.status == 0, "\(kept.errors)")
        #expect(try objects(below: "uploads-pending", in: backup) == 1)
        #expect(await server.stop() == 0)
        environment["WAXWING_WORKERS"] = "1"
        let worker = try TestWorker(folder, environment: environment)
        while try worker.finishedJobs() == 0 { try await Task.sleep(for: .milliseconds(50)) }
        try await isKeptFromReplacing(backup, on: server.data, environment)
        #expect(await worker.stop() == 0)
        #expect(try await afterStop("restore", backup, "--replace", on: server.data, environment).status == 0)
        // The same upload waits again.
        let again = try TestWorker(folder, environment: environment)
        while try again.finishedJobs() == 0 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(await again.stop() == 0)
        let known = try await waxwing("store", "orphans", "--json", on: server.data, environment)
        #expect(known.status == 0, "\(known.errors)")
        #expect(try number("rows", in: known) == 1)
    }

    private func isKeptFromReplacing(
        _ backup: String, on data: String, _ environment: [String: String]
    ) async throws {
        for command in [["restore", backup, "--replace"], ["db", "load", "\(backup)/database.dump", "--replace"]] {
            let environment = ["WAXWING_DATA": data].merging(environment) { $1 }
            let refused = try await Program.run(command, environment: environment)
            #expect(refused.status == 1 && refused.errors.contains("stop every server"), "\(refused.errors)")
        }
    }

    /// In a folder that 'waxwing backup' has written.
    private func objects(below prefix: String, in backup: String) throws -> Int {
        try FileManager.default.subpathsOfDirectory(atPath: "\(backup)/objects/objects/\(prefix)").count {
            $0.hasSuffix("@")
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `rows whose objects are lost are served again once somebody says so`(on deployment: Deployment) async throws {
        let environment = try await deployment.environment()
        let empty = try await waxwing("store", "adopt", on: "\(folder.path)/none")
        #expect(empty.status == 1 && empty.errors.contains("there is no database"))
        let server = try await TestServer(folder, environment: environment)
        _ = try await server.signUp()
        let busy = try await waxwing("store", "adopt", on: server.data, environment)
        #expect(busy.status == 1 && busy.errors.contains("stop every server"))
        #expect(await server.stop() == 0)
        var other = environment
        switch deployment {
        case .embedded: try FileManager.default.removeItem(atPath: "\(server.data)/store")
        case .shared, .several: other = try await Deployment.withNewBucket(environment)
        }
        let refused = try await waxwing("serve", on: server.data, other)
        #expect(refused.status == 1 && refused.errors.contains("waxwing store adopt"), "\(refused.errors)")
        #expect(try await afterStop("store", "adopt", on: server.data, other).status == 0)
        #expect(try await TestServer(folder, environment: other).stop() == 0)
    }

    @Test func `rows are looked after while the bucket is away`() async throws {
        let data = "\(folder.path)/var"
        let away = [
            "S3_BUCKET": "away", "S3_ENDPOINT": "http://127.0.0.1:1", "S3_ACCESS_KEY_ID": "a",
            "S3_SECRET_ACCESS_KEY": "b",
        ]
        for command in [["migrate"], ["status"], ["check"], ["dump", "\(folder.path)/rows.dump"]] {
            let environment = ["WAXWING_DATA": data].merging(away) { $1 }
            let result = try await Program.run(["db"] + command, environment: environment)
            #expect(result.status == 0, "\(command): \(result.errors)")
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `objects are read, and compared with the rows`(on deployment: Deployment) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        let token = try await server.signUp()
        let job = try #require(try await server.upload(Sound.kicks(seconds: 1), named: "a.wav", token: token))
        #expect(try await server.finished(job, token: token)["status"] as? String == "completed")
        let scrub = try await waxwing(
            "store", "scrub", "--json", "--prefix", "processed/", on: server.data, environment)
        #expect(scrub.status == 0, "\(scrub.errors)")
        #expect(try number("objects", in: scrub) == 1)
        let known = try await waxwing("store", "orphans", "--json", on: server.data, environment)
        #expect(known.status == 0, "\(known.errors)")
        #expect(try number("objects", in: known) == 1 && number("rows", in: known) == 1)
        #expect(await server.stop() == 0)
        guard deployment == .embedded else { return }
        let backup = "\(folder.path)/backup"
        #expect(try await waxwing("backup", backup, on: server.data).status == 0)
        let store = "\(server.data)/store"
        for file in try FileManager.default.subpathsOfDirectory(atPath: store) where file.contains("processed") {
            guard let handle = FileHandle(forUpdatingAtPath: "\(store)/\(file)") else { continue }
            try handle.seek(toOffset: 1_000)
            try handle.write(contentsOf: Data("damage".utf8))
            try handle.close()
        }
        let damaged = try await waxwing("store", "scrub", on: server.data)
        #expect(damaged.status == 1 && damaged.output.hasSuffix(" objects read, 1 damaged\n"))
        let repaired = try await waxwing("store", "scrub", "--repair-from", backup, on: server.data)
        #expect(repaired.status == 0 && repaired.output.hasSuffix(", 1 damaged, 1 repaired\n"), "\(repaired.errors)")
        #expect(try await waxwing("store", "scrub", on: server.data).status == 0)
        try FileManager.default.removeItem(atPath: store)
        let lost = try await waxwing("store", "orphans", on: server.data)
        #expect(lost.status == 1 && lost.errors.contains("the store has not"))
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `what no row knows is swept by hand, when it is old enough and not tried only`(
        on deployment: Deployment
    ) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        let (token, backup) = (try await server.signUp(), "\(folder.path)/early")
        func add(_ name: String) async throws {
            let job = try #require(try await server.upload(Sound.kicks(seconds: 1), named: name, token: token))
            #expect(try await server.finished(job, token: token)["status"] as? String == "completed")
        }
        try await add("known.wav")
        #expect(try await waxwing("backup", backup, on: server.data, environment).status == 0)
        try await add("later.wav")
        #expect(await server.stop() == 0)
        // The rows are those of before the second, whose object stays.
        #expect(try await afterStop("restore", backup, "--replace", on: server.data, environment).status == 0)

        func sweep(_ arguments: String...) async throws -> (orphans: Int, removed: Int) {
            let result = try await Program.run(
                ["store", "sweep", "--json"] + arguments,
                environment: ["WAXWING_DATA": server.data].merging(environment) { $1 })
            #expect(result.status == 0, "\(result.errors)")
            let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            return ((object?["withoutRow"] as? [String])?.count ?? -1, (object?["removed"] as? [String])?.count ?? -1)
        }
        let (tried, young) = (try await sweep("--dry-run", "--grace", "0"), try await sweep())
        #expect(tried == (1, 0) && young == (1, 0))
        let (gone, again) = (try await sweep("--grace", "0"), try await sweep("--grace", "0"))
        #expect(gone == (1, 1) && again == (0, 0))
        #expect(try await waxwing("store", "orphans", on: server.data, environment).status == 0)
        #expect(try await waxwing("store", "sweep", "--grace", "-1", on: server.data, environment).status == 64)
    }

    @Test func `the schema is shown, brought up to date and checked, and the rows move by a file`() async throws {
        let (one, two, dump) = ("\(folder.path)/one", "\(folder.path)/two", "\(folder.path)/rows.dump")
        let nowhere = try await waxwing("db", "status", on: one)
        #expect(nowhere.status == 1 && nowhere.errors.contains("no database"))
        #expect(!FileManager.default.fileExists(atPath: one))
        #expect(try await waxwing("db", "migrate", on: one).output.contains("steps taken"))
        #expect(try await waxwing("db", "migrate", on: one).output == "Nothing to do.\n")
        let status = try await waxwing("db", "status", "--json", on: one)
        #expect(status.status == 0)
        let all = try #require(
            JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: [[String: Any]]])
        #expect(all["modules"]?.allSatisfy { ($0["pending"] as? [String])?.isEmpty == true } == true)
        let check = try await waxwing("db", "check", on: one)
        #expect(check.status == 0 && check.output.contains("nothing is wrong"))
        #expect(try await waxwing("db", "dump", dump, on: one).status == 0)
        let twice = try await waxwing("db", "dump", dump, on: one)
        #expect(twice.status == 1 && twice.errors.contains("exists"))
        let loaded = try await waxwing("db", "load", dump, on: two)
        #expect(loaded.status == 0, "\(loaded.errors)")
        #expect(try await waxwing("db", "status", on: two).status == 0)
        try Data(contentsOf: URL(filePath: dump)).dropLast(5).write(to: URL(filePath: dump))
        let damaged = try await waxwing("db", "load", dump, "--replace", on: two)
        #expect(damaged.status == 1 && damaged.errors.contains("damaged"))
    }

    private func number(_ name: String, in result: Program.Result) throws -> Int? {
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return object?[name] as? Int
    }
}
