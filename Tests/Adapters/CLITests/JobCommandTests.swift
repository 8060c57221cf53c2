import Foundation
import StorageTestKit
import Testing

/// Stepping in where a service has something to do, as an operator does it.
@Suite struct JobCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func waxwing(
        _ arguments: String..., on data: String, _ environment: [String: String] = [:]
    ) async throws -> Program.Result {
        try await Program.run(arguments, environment: ["WAXWING_DATA": data].merging(environment) { $1 })
    }

    private func json(_ result: Program.Result) throws -> Any {
        #expect(result.status == 0, "\(result.errors)")
        return try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `a queue is paused, its jobs are seen and cancelled, and what they held is given back`(
        on deployment: Deployment
    ) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        func run(_ arguments: String...) async throws -> Program.Result {
            try await Program.run(
                arguments, environment: ["WAXWING_DATA": server.data].merging(environment) { $1 })
        }
        let token = try await server.signUp()
        let unknown = try await run("jobs", "pause", "defualt")
        #expect(unknown.status != 0 && unknown.errors.contains("no queue is called 'defualt': there are default,"))
        #expect(try await run("jobs", "pause", "default").output.contains("default is paused"))
        var jobs: [String] = []
        for name in ["a.wav", "b.wav"] {
            jobs.append(try #require(try await server.upload(Sound.kicks(seconds: 1), named: name, token: token)))
        }
        let stats = try #require(try json(try await run("jobs", "stats", "--json")) as? [[String: Any]])
        let queue = try #require(stats.first { $0["queue"] as? String == "default" })
        #expect(queue["ready"] as? Int == 2)
        #expect(queue["paused"] as? Bool == true)

        let listed = try #require(
            try json(try await run("jobs", "ls", "--state", "ready", "--kind", "analyze-upload", "--json"))
                as? [[String: Any]]
        )
        #expect(Set(listed.compactMap { $0["id"] as? String }) == Set(jobs))
        #expect(try await run("jobs", "cancel", jobs[0]).output.contains("cancelled"))
        let again = try await run("jobs", "cancel", jobs[0])
        #expect(again.status == 1)
        #expect(again.errors.contains("it is cancelled"))
        #expect(try await server.job(jobs[0], token: token)["status"] as? String == "cancelled")
        #expect(try await run("jobs", "retry", jobs[1]).errors.contains("it is ready"))

        #expect(try await run("jobs", "resume", "default").status == 0)
        #expect(try await server.finished(jobs[1], token: token)["status"] as? String == "completed")
        let shown = try await run("jobs", "show", jobs[1])
        #expect(shown.output.contains("succeeded"))
        #expect(shown.output.contains("b.wav"))
        let user = try await server.get("/api/user", token: token)["data"] as? [String: Any]
        let quota = try #require((user?["quota"] as? [String: [String: Any]])?["uploads"])
        #expect((quota["used"] as? Int, quota["held"] as? Int) == (1, 0), "the cancelled one holds nothing")
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30))) func `a job that died is seen with its reason, and replayed`() async throws {
        let server = try await TestServer(folder)
        let token = try await server.signUp()
        // A header that promises sound, and has none.
        let broken = Array(Sound.kicks(seconds: 1).prefix(44))
        let job = try #require(try await server.upload(broken, named: "broken.wav", token: token))
        #expect(try await server.finished(job, token: token)["status"] as? String == "failed")
        let dead = try await waxwing("jobs", "dead", on: server.data)
        #expect(dead.output.contains(job))
        let ids = try await waxwing("jobs", "ls", "--state", "dead", "--ids", on: server.data)
        #expect(ids.output == "\(job)\n")
        let replayed = try await waxwing("jobs", "replay", job, on: server.data)
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(try await server.finished(job, token: token)["status"] as? String == "failed")
        let shown = try #require(
            try json(try await waxwing("jobs", "show", job, "--json", on: server.data)) as? [String: Any])
        #expect((shown["history"] as? [Any])?.count == 2)
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30))) func `schedules are listed, and done at once when asked`() async throws {
        let server = try await TestServer(folder)
        var entries: [[String: Any]] = []
        while entries.isEmpty {
            entries = try #require(
                try json(try await waxwing("schedule", "ls", "--json", on: server.data)) as? [[String: Any]])
        }
        #expect(entries.contains { $0["name"] as? String == "upkeep: sessions" && $0["status"] as? String == "active" })
        let run = try await waxwing("schedule", "run", "upkeep: sessions", on: server.data)
        let job = run.output.trimmingCharacters(in: .whitespacesAndNewlines)
        var state = ""
        while state != "succeeded" {
            let shown = try json(try await waxwing("jobs", "show", job, "--json", on: server.data)) as? [String: Any]
            state = try #require((shown?["job"] as? [String: Any])?["state"] as? String)
            try #require(state != "dead")
        }
        let unknown = try await waxwing("schedule", "run", "nothing", on: server.data)
        #expect(unknown.status != 0)
        #expect(unknown.errors.contains("no schedule 'nothing'"))
        #expect(try await waxwing("workflow", "ls", on: server.data).output.hasPrefix("RUN"))
        #expect(await server.stop() == 0)
    }

    @Test func `where no service is, nothing is made`() async throws {
        let data = "\(folder.path)/nothing"
        for arguments in [
            ["jobs", "stats"], ["jobs", "cancel", UUID().uuidString], ["schedule", "ls"], ["workflow", "ls"],
        ] {
            let result = try await Program.run(arguments, environment: ["WAXWING_DATA": data])
            #expect(result.status != 0)
            #expect(result.errors.contains("there is no database"), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: data))
        #expect(try await Program.run(["jobs", "show", "what"], environment: [:]).status == 64)
    }
}
