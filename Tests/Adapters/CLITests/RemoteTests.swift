import Foundation
import StorageTestKit
import Testing

/// Commands that speak to a service.
@Suite struct RemoteTests {
    @Test func `a service that was signed in at is remembered where nobody else can read it`() async throws {
        let folder = try TemporaryFolder()
        let server = try await TestServer(folder)
        let client = try await RemoteClient(server, in: folder, deployment: [:])
        let address = "http://127.0.0.1:\(server.port)"
        var plain = client.environment.merging(["WAXWING_SERVER": "", "WAXWING_API_KEY": ""]) { $1 }
        let login = try await Program.run(
            "login", "--server", address + "/", environment: client.environment)
        #expect(login.status == 0 && login.output.contains("ada@example.com"), "\(login.errors)")
        let book = "\(folder.path)/config/waxwing/servers.json"
        #expect(try mode(book) == 0o600)
        #expect(try mode((book as NSString).deletingLastPathComponent) == 0o700)
        let known = try await Program.run("whoami", environment: plain)
        #expect(known.status == 0 && known.output.contains("ada@example.com  user"), "\(known.errors)")

        // A wrong key is not kept in the place of a good one.
        let wrong = try await Program.run(
            "login", "--server", address, environment: plain.merging(["WAXWING_API_KEY": "wx_wrong"]) { $1 })
        #expect(wrong.status == 77 && !wrong.errors.contains("wx_wrong"), "\(wrong.errors)")
        #expect(try await Program.run("whoami", environment: plain).status == 0)

        // The key of the environment is for the service of the environment.
        plain["WAXWING_API_KEY"] = "wx_other"
        plain["WAXWING_SERVER"] = "https://other.example.com"
        #expect(try await Program.run("whoami", "--server", address, environment: plain).status == 0)
        (plain["WAXWING_API_KEY"], plain["WAXWING_SERVER"]) = ("", "")

        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: book)
        let open = try await Program.run("whoami", environment: plain)
        #expect(open.status == 1 && open.errors.contains("others can read it"), "\(open.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: book)
        #expect(try await Program.run("logout", environment: plain).output.contains("is forgotten"))
        let gone = try await Program.run("whoami", "--server", address, environment: plain)
        #expect(gone.status == 77 && gone.errors.contains("waxwing login --server"), "\(gone.errors)")
        #expect(await server.stop() == 0)
    }

    @Test(arguments: [
        ("http://sounds.example.com", 78, "--insecure"), ("http://127.evil.example", 78, "--insecure"),
        ("http://127.0.0.1.nip.io", 78, "--insecure"), ("ftp://127.0.0.1", 78, "must be an address"),
        ("http://ada:hunter2@127.0.0.1", 78, "must be an address"), ("127.0.0.1:80", 78, "must be an address"),
        ("http://127.0.0.1:1", 69, "did not answer"),
    ])
    func `a key goes over no network in the clear, and what is wrong is said with its exit code`(
        server: String, code: Int, words: String
    ) async throws {
        let folder = try TemporaryFolder()
        let result = try await Program.run(
            "whoami",
            environment: [
                "WAXWING_SERVER": server, "WAXWING_API_KEY": "wx_canary", "XDG_CONFIG_HOME": folder.path,
            ])
        #expect(Int(result.status) == code && result.errors.contains(words), "\(result.errors)")
        #expect(!result.errors.contains("hunter2") && !result.errors.contains("wx_canary"))
    }

    @Test func `no redirect is followed, which could take the key elsewhere`() async throws {
        let folder = try TemporaryFolder()
        let elsewhere = try FakeServer { _ in FakeServer.Answer() }
        let server = try FakeServer { _ in
            FakeServer.Answer(
                status: "302 Found", headers: ["Location: http://127.0.0.1:\(elsewhere.port)/api/auth/session"])
        }
        let result = try await Program.run(
            "whoami",
            environment: [
                "WAXWING_SERVER": "http://127.0.0.1:\(server.port)", "WAXWING_API_KEY": "wx_key",
                "XDG_CONFIG_HOME": folder.path,
            ])
        #expect(result.status == 76 && result.errors.contains("answered 302"), "\(result.errors)")
        #expect(server.requests.count == 1 && elsewhere.requests.isEmpty)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `files and folders go up, long ones in parts, and refused ones are named`(
        on deployment: Deployment
    ) async throws {
        let (folder, environment) = (try TemporaryFolder(), try await deployment.environment())
        let server = try await TestServer(folder, environment: environment)
        let client = try await RemoteClient(server, in: folder, deployment: environment)
        _ = try folder.write(Sound.kicks(seconds: 1), to: "up/a.wav")
        let long = try folder.write(padded(Sound.kicks(seconds: 1), by: 33 << 20), to: "up/below/long.wav")
        _ = try folder.write(Array("no audio".utf8), to: "up/notes.wav")
        let result = try await client.run("upload", "\(folder.path)/up", long, "--json")
        #expect(result.status == 1 && result.errors.contains("notes.wav: the file is no audio"), "\(result.errors)")
        let rows = try client.list(result.output)
        #expect(rows.count == 3 && rows.compactMap { $0["sample_id"] as? String }.count == 2)
        let contents = try await client.contents()
        #expect(
            Set(contents.map(\.count)) == [
                Sound.kicks(seconds: 1).count, try Data(contentsOf: URL(filePath: long)).count,
            ])
        #expect(contents.contains(try Data(contentsOf: URL(filePath: long))))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/state/waxwing/uploads").isEmpty)
        let later = try await client.run("upload", "\(folder.path)/up/a.wav", "--no-wait")
        #expect(later.status == 0 && later.output.hasPrefix("JOB"), "\(later.errors)")
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `a long upload that was killed goes on where it was`(on deployment: Deployment) async throws {
        let (folder, environment) = (try TemporaryFolder(), try await deployment.environment())
        let server = try await TestServer(folder, environment: environment)
        let client = try await RemoteClient(server, in: folder, deployment: environment)
        let file = try folder.write(padded(Sound.kicks(seconds: 1), by: 200 << 20), to: "long.wav")
        var process = try client.start("upload", file)
        let kept = "\(folder.path)/state/waxwing/uploads"
        var upload: String?
        // It is held while it is looked at, so that it is not done before it is killed.
        while true {
            let name = try? FileManager.default.contentsOfDirectory(atPath: kept).first { $0.hasSuffix(".json") }
            if let name, let entry = FileManager.default.contents(atPath: "\(kept)/\(name)"),
                let id = try? client.object(String(decoding: entry, as: UTF8.self))["upload"] as? String
            {
                if process.isRunning { kill(process.processIdentifier, SIGSTOP) }
                let shown = try await server.get("/api/uploads/\(id)", token: client.key)["data"] as? [String: Any]
                upload = id
                // One that is done has forgotten what it kept.
                if process.isRunning, FileManager.default.fileExists(atPath: "\(kept)/\(name)"),
                    (shown?["arrived_parts"] as? [Int])?.isEmpty == false
                {
                    break
                }
                if process.isRunning { kill(process.processIdentifier, SIGCONT) }
            }
            // It was too fast to be killed: once more.
            if !process.isRunning {
                try #require(process.terminationStatus == 0, "\(client.errors)")
                process = try client.start("upload", file)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        kill(process.processIdentifier, SIGKILL)
        await process.end()
        let result = try await client.run("upload", file, "--json")
        #expect(result.status == 0, "\(result.errors)")
        // A job has the name of the upload that it comes from.
        #expect(try client.list(result.output).first?["job_id"] as? String == upload)
        let bytes = try Data(contentsOf: URL(filePath: file))
        #expect(try await client.contents().allSatisfy { $0 == bytes })
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(20)))
    func `samples are listed in pages, shown, fetched, hidden and restored`() async throws {
        let folder = try TemporaryFolder()
        let server = try await TestServer(folder)
        let client = try await RemoteClient(server, in: folder, deployment: [:])
        for number in 0..<3 {
            _ = try folder.write(Sound.kicks(bpm: 100 + Double(number), seconds: 1), to: "up/\(number).wav")
        }
        #expect(try await client.run("upload", "\(folder.path)/up").status == 0)
        #expect(try client.list(await client.run("samples", "ls", "--json", "--limit", "2").output).count == 2)
        let all = try client.list(await client.run("samples", "ls", "--json", "--all").output)
        #expect(all.count == 3)
        let table = try await client.run("samples", "ls", "--color", "never")
        #expect(table.output.split(separator: "\n").count == 4 && table.output.hasPrefix("SAMPLE"))
        let id = try #require(all.first?["id"] as? String)
        let shown = try client.object(await client.run("samples", "show", id, "--json").output)
        #expect(shown["id"] as? String == id && shown["audio_features"] is [String: Any])
        for name in ["", " (2)"] {
            let got = try await client.run("samples", "get", id, "-o", "\(folder.path)/got")
            let stem = try #require(all.first?["filename"] as? String).dropLast(4)
            #expect(got.status == 0 && got.output.contains("\(stem)\(name).wav"), "\(got.errors)")
        }
        #expect(Set(try folder.files(below: "got").values).count == 1)
        let gone = UUID().uuidString.lowercased()
        let removed = try await client.run("samples", "rm", gone, id)
        #expect(removed.status == 1 && removed.errors.contains(gone) && removed.output.contains("\(id)  hidden"))
        #expect(try await client.samples().count == 2)
        #expect(try await client.run("samples", "restore", id).status == 0)
        #expect(try await client.samples().count == 3)
        #expect(try await client.run("samples", "rm", "../../user").status == 64)
        #expect(await server.stop() == 0)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    /// With a chunk of zeros at its end that players pass over: long, and quickly analysed.
    private func padded(_ wav: [UInt8], by count: Int) -> [UInt8] {
        func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
        var wav = wav + Array("junk".utf8) + little(count) + Array(repeating: 0, count: count)
        wav.replaceSubrange(4..<8, with: little(wav.count - 8))
        return wav
    }
}
