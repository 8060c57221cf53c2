import Foundation
import StorageTestKit
import Testing

/// What one has at a service, and what it does for one: kits, jobs, usage.
@Suite struct OwnThingsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `a kit is built, listed and shown, its card is fetched whole, and it is removed`(
        on deployment: Deployment
    ) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        let client = try await RemoteClient(server, in: folder, deployment: environment)
        for number in 0..<3 {
            _ = try folder.write(Sound.kicks(bpm: 100 + Double(number), seconds: 1), to: "up/\(number).wav")
        }
        #expect(try await client.run("upload", "\(folder.path)/up").status == 0)
        let built = try await client.run("kits", "build", "--name", "Night drive", "--bpm", "92", "--json")
        #expect(built.status == 0, "\(built.errors)")
        let kit = try #require(try client.object(built.output)["kit"] as? [String: Any])
        let (id, pads) = (try #require(kit["id"] as? String), try #require(kit["pads"] as? [[String: Any]]))
        #expect(kit["name"] as? String == "Night drive" && !pads.isEmpty)
        let chosen = try await client.run("kits", "build", try #require(pads[0]["sample"] as? String))
        #expect(chosen.status == 0 && chosen.output.contains(": 1 pads of 1 samples, "), "\(chosen.errors)")
        let listed = try client.list(await client.run("kits", "ls", "--json").output)
        #expect(listed.count == 2 && listed.last?["id"] as? String == id)
        #expect(try await client.run("kits", "ls").output.contains("Night drive"))
        let shown = try await client.run("kits", "show", id)
        #expect(shown.output.hasPrefix("Night drive, 92 BPM\nPAD") && shown.output.contains(".wav"))

        let card = "\(folder.path)/card.zip"
        let exported = try await client.run("kits", "export", id, "-o", card, "--project", "3")
        #expect(
            exported.status == 0 && exported.output.contains("card.zip: \(pads.count) samples"), "\(exported.errors)")
        let bytes = try Data(contentsOf: URL(filePath: card))
        #expect(bytes.starts(with: Data("PK".utf8)) && bytes.count > 10_000)
        let again = try await client.run("kits", "export", id, "-o", card)
        #expect(again.status == 1 && again.errors.contains("exists"), "\(again.errors)")
        #expect(try await client.run("kits", "export", id, "-o", card, "--force", "--json").status == 0)
        let wrong = try await client.run("kits", "export", id, "-o", "\(folder.path)/no.zip", "--project", "17")
        #expect(wrong.status == 1 && wrong.errors.contains("'project' is a number from 1 to 16"), "\(wrong.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasSuffix(".part") })

        let unknown = UUID().uuidString.lowercased()
        let removed = try await client.run("kits", "rm", unknown, id)
        #expect(removed.status == 1 && removed.errors.contains(unknown), "\(removed.errors)")
        #expect(removed.output == "\(id)  removed\n")
        #expect(try client.list(await client.run("kits", "ls", "--json").output).count == 1)
        #expect(try await client.run("kits", "show", "../../user").status == 64)
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(20)))
    func `with --server jobs are one's own: listed, shown, cancelled and done again`() async throws {
        let server = try await TestServer(folder)
        let client = try await RemoteClient(server, in: folder, deployment: [:])
        let (address, operating) = ("http://127.0.0.1:\(server.port)", ["WAXWING_DATA": server.data])
        func jobs(_ arguments: String...) async throws -> Program.Result {
            try await Program.run(["jobs"] + arguments + ["--server", address], environment: client.environment)
        }
        #expect(try await Program.run("jobs", "pause", "default", environment: operating).status == 0)
        let foreign = try #require(
            try await server.upload(Sound.kicks(seconds: 1), named: "x.wav", token: try await otherAccount(server)))
        for name in ["a.wav", "b.wav"] {
            let path = try folder.write(Sound.kicks(seconds: 1), to: name)
            #expect(try await client.run("upload", path, "--no-wait").status == 0)
        }
        let waiting = try client.list(try await jobs("ls", "--status", "pending", "--json").output)
        let ids = waiting.compactMap { $0["id"] as? String }
        try #require(ids.count == 2 && !ids.contains(foreign))
        let limited = try await jobs("ls", "--limit", "1")
        #expect(limited.output.hasPrefix("JOB") && limited.output.contains("there are more"))
        let cancelled = try await jobs("cancel", ids[0], foreign)
        #expect(cancelled.status == 1 && cancelled.output == "\(ids[0])  cancelled\n", "\(cancelled.errors)")
        #expect(cancelled.errors.contains("\(foreign): "))
        #expect(try await jobs("ls", "--status", "cancelled", "--ids").output == "\(ids[0])\n")
        #expect(try await jobs("show", ids[1]).output.contains("status: pending\n"))
        #expect(try client.object(try await jobs("show", ids[0], "--json").output)["status"] as? String == "cancelled")
        let early = try await jobs("retry", ids[1])
        #expect(early.status == 1 && early.errors.contains(ids[1]), "\(early.errors)")
        let outcomes = try client.list(try await jobs("cancel", ids[1], foreign, "--json").output)
        #expect(outcomes as? [[String: String]] == [["id": ids[1], "outcome": "cancelled"]])

        #expect(try await jobs("ls", "--state", "ready").status == 64)
        #expect(try await client.run("jobs", "ls", "--status", "pending").status == 64)
        // Without it the same command is the operator's, whatever service the environment names.
        let all = try await Program.run(
            ["jobs", "ls", "--ids"], environment: client.environment.merging(operating) { $1 })
        #expect(all.output.split(separator: "\n").contains(Substring(foreign)), "\(all.errors)")
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(20)))
    func `with --server usage is one's own, as a table, JSON or CSV`() async throws {
        let server = try await TestServer(folder)
        let client = try await RemoteClient(server, in: folder, deployment: [:])
        let address = "http://127.0.0.1:\(server.port)"
        let path = try folder.write(Sound.kicks(seconds: 1), to: "a.wav")
        #expect(try await client.run("upload", path).status == 0)
        let table = try await client.run("usage", "show", "--server", address)
        #expect(table.status == 0 && table.output.hasPrefix("plan "), "\(table.errors)")
        #expect(table.output.contains(#/uploads +1 +0 /#) && table.output.contains(#/analysis +[0-9.]+ seconds +1 /#))
        let json = try client.object(await client.run("usage", "show", "--server", address, "--json").output)
        #expect(((json["quota"] as? [String: Any])?["uploads"] as? [String: Any])?["used"] as? Int == 1)
        let csv = try await client.run("usage", "show", "--server", address, "--csv")
        #expect(csv.output.hasPrefix("day,") && csv.output.contains("analysis"), "\(csv.errors)")
        let early = try await client.run(
            "usage", "show", "--server", address, "--from", "2026-01-02", "--to", "2026-01-01")
        #expect(early.status == 1 && !early.errors.isEmpty)
        #expect(try await client.run("usage", "show").status == 64)
        #expect(try await client.run("usage", "show", "ada@example.com", "--server", address).status == 64)
        let nobody = try await Program.run(
            "usage", "show", "--server", address, environment: ["WAXWING_API_KEY": "wx_canary"])
        #expect(nobody.status == 77 && !nobody.errors.contains("wx_canary"), "\(nobody.errors)")
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(20)))
    func `an answer that is no service's gives no file and no path of its own`() async throws {
        let kit = UUID().uuidString.lowercased()
        for answer in [
            #"{"success":true,"data":{"id":"../../user","status":"completed"}}"#,
            #"{"success":true,"data":{"status":"completed"}}"#, "<html>",
        ] {
            let fake = try FakeServer { _ in FakeServer.Answer(body: answer) }
            let result = try await Program.run(
                ["kits", "export", kit, "-o", "\(folder.path)/card.zip"],
                environment: [
                    "WAXWING_SERVER": "http://127.0.0.1:\(fake.port)", "WAXWING_API_KEY": "wx_key",
                    "XDG_CONFIG_HOME": folder.path,
                ])
            #expect(result.status == 76, "\(result.errors)")
            #expect(fake.requests.count == 1 && !FileManager.default.fileExists(atPath: "\(folder.path)/card.zip"))
        }
    }

    /// - Returns: the token of somebody else.
    private func otherAccount(_ server: TestServer) async throws -> String {
        let credentials = Array(#"{"email": "grace@example.com", "password": "correct horse 9"}"#.utf8)
        #expect(try await server.send("POST", "/api/auth/register", credentials).status == 201)
        let login = try await server.send("POST", "/api/auth/login", credentials)
        let answer = try #require(try JSONSerialization.jsonObject(with: login.body) as? [String: Any])
        return try #require((answer["data"] as? [String: Any])?["access_token"] as? String)
    }
}
