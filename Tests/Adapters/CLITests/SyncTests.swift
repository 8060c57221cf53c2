import Foundation
import StorageTestKit
import Testing

/// A folder here and the samples of a service, made alike.
@Suite struct SyncTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sound(_ number: Int) -> [UInt8] { Sound.kicks(bpm: 90 + Double(number), seconds: 0.7) }

    private var path: String { "\(folder.path)/f" }

    private func move(_ name: String, to target: String) throws {
        try FileManager.default.moveItem(atPath: "\(path)/\(name)", toPath: "\(path)/\(target)")
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `contents are matched, so that renamed files and copies are not sent again`(
        on deployment: Deployment
    ) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        let client = try await RemoteClient(server, in: folder, deployment: environment)
        for number in 0..<3 { _ = try folder.write(sound(number), to: "f/\(number).wav") }
        _ = try folder.write(sound(3), to: "f/deep/er/3.wav")
        let first = try client.object(await client.run("sync", path, "--json").output)
        #expect((first["up"] as? [String])?.count == 4 && first["in_step"] as? Int == 4)
        try move("0.wav", to: "deep/renamed.wav")
        _ = try folder.write(sound(1), to: "f/copy.wav")
        let second = try client.object(await client.run("sync", path, "--json").output)
        #expect((second["up"] as? [String]) == [] && second["in_step"] as? Int == 4)
        // Without what was kept, contents are compared with those of the same length there.
        try FileManager.default.removeItem(atPath: "\(path)/.waxwing-sync")
        let third = try client.object(await client.run("sync", path, "--json", "--both").output)
        #expect((third["up"] as? [String]) == [] && (third["down"] as? [String]) == [])
        #expect(try await client.samples().count == 4)
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)))
    func `deletions cross over only when that is wanted, and can be taken back on both sides`() async throws {
        let server = try await TestServer(folder)
        let client = try await RemoteClient(server, in: folder, deployment: [:])
        for number in 0..<4 { _ = try folder.write(sound(number), to: "f/\(number).wav") }
        #expect(try await client.run("sync", path).status == 0)
        try FileManager.default.removeItem(atPath: "\(path)/0.wav")
        let id = try #require(
            try await client.samples().first { $0["filename"] as? String == "1.wav" }?["id"] as? String)
        #expect(try await client.run("samples", "rm", id).status == 0)
        let kept = try client.object(await client.run("sync", path, "--both", "--json").output)
        #expect((kept["up"] as? [String]) == [] && (kept["down"] as? [String]) == [])
        let planned = try client.object(
            await client.run("sync", path, "--both", "--delete", "--dry-run", "--json").output)
        #expect(planned["hidden"] as? [String] == ["0.wav"] && planned["trashed"] as? [String] == ["1.wav"])
        #expect(try folder.files(below: "f").keys.sorted() == ["1.wav", "2.wav", "3.wav"])
        let done = try client.object(await client.run("sync", path, "--both", "--delete", "--json").output)
        #expect(done["hidden"] as? [String] == ["0.wav"] && done["trashed"] as? [String] == ["1.wav"])
        #expect(try folder.files(below: "f").keys.sorted() == ["2.wav", "3.wav"])
        let trash = try FileManager.default.subpathsOfDirectory(atPath: "\(path)/.waxwing-trash")
        #expect(trash.contains { $0.hasSuffix("/1.wav") })
        #expect(try await client.samples().count == 2)
        // What comes back after it was deleted on both sides is new.
        _ = try folder.write(sound(0), to: "f/back.wav")
        let back = try client.object(await client.run("sync", path, "--both", "--delete", "--json").output)
        #expect(back["up"] as? [String] == ["back.wav"])
        #expect(try await client.samples().count == 3)
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)))
    func `two of one name are both kept, and what was changed here is new`() async throws {
        let server = try await TestServer(folder)
        let client = try await RemoteClient(server, in: folder, deployment: [:])
        _ = try folder.write(sound(0), to: "f/Kick.wav")
        _ = try folder.write(sound(1), to: "other/kick.WAV")
        #expect(try await client.run("upload", "\(folder.path)/other").status == 0)
        #expect(try await client.run("sync", path, "--both").status == 0)
        #expect(try folder.files(below: "f")["Kick.wav"] == Data(sound(0)))
        #expect(try folder.files(below: "f")["kick (2).WAV"] == Data(sound(1)))
        _ = try folder.write(sound(2), to: "f/Kick.wav")
        #expect(try await client.run("sync", path, "--both").status == 0)
        #expect(try await client.samples().count == 3, "the one before is not hidden unasked")
        #expect(try folder.files(below: "f").count == 2, "and does not come back unasked")
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)))
    func `most of all does not go on a mistake`() async throws {
        let server = try await TestServer(folder)
        let client = try await RemoteClient(server, in: folder, deployment: [:])
        for number in 0..<12 { _ = try folder.write(sound(number), to: "f/\(number).wav") }
        #expect(try await client.run("sync", path).status == 0)
        for number in 0..<11 { try FileManager.default.removeItem(atPath: "\(path)/\(number).wav") }
        let stopped = try await client.run("sync", path, "--delete")
        #expect(stopped.status == 1 && stopped.errors.contains("--force"), "\(stopped.errors)")
        #expect(try await client.samples().count == 12)
        #expect(try await client.run("sync", path, "--delete", "--force").status == 0)
        #expect(try await client.samples().count == 1)
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `killed at any moments, it comes to the same end, with nothing twice`(on deployment: Deployment) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(folder, environment: environment)
        let client = try await RemoteClient(server, in: folder, deployment: environment)
        for number in 0..<24 { _ = try folder.write(sound(number), to: "f/\(number % 3)/\(number).wav") }
        for number in 24..<36 { _ = try folder.write(sound(number), to: "other/\(number).wav") }
        #expect(try await client.run("upload", "\(folder.path)/other").status == 0)
        for _ in 0..<15 {
            let process = try client.start("sync", path, "--both")
            try await Task.sleep(for: .milliseconds(.random(in: 30...500)))
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            await process.end()
        }
        let end = try await client.run("sync", path, "--both", "--json")
        #expect(end.status == 0, "\(end.errors)")
        let again = try client.object(await client.run("sync", path, "--both", "--json").output)
        #expect((again["up"] as? [String]) == [] && (again["down"] as? [String]) == [])
        let (here, there) = (try folder.files(below: "f"), try await client.contents())
        #expect(here.count == 36 && Set(here.values).count == 36)
        #expect(there.count == 36 && Set(there) == Set(here.values))
        let left = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(".") }
        #expect(left.sorted() == [".waxwing-sync", ".waxwing-sync.lock"])
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(20)))
    func `a watched folder is sent when it is quiet, and Control-C ends it cleanly`() async throws {
        let server = try await TestServer(folder)
        let client = try await RemoteClient(server, in: folder, deployment: [:])
        _ = try folder.write(sound(0), to: "f/0.wav")
        let process = try client.start("sync", path, "--watch")
        while try await client.samples().count < 1 { try await Task.sleep(for: .milliseconds(50)) }
        let second = try await client.run("sync", path)
        #expect(second.status == 1 && second.errors.contains("another run"), "\(second.errors)")
        _ = try folder.write(sound(1), to: "f/1.wav")
        while try await client.samples().count < 2 { try await Task.sleep(for: .milliseconds(50)) }
        kill(process.processIdentifier, SIGINT)
        #expect(await process.end() == 0)
        let after = try client.object(await client.run("sync", path, "--json").output)
        #expect((after["up"] as? [String]) == [] && after["in_step"] as? Int == 2)
        #expect(await server.stop() == 0)
    }

    @Test func `names from a service lead out of no folder, hide nothing and replace nothing`() async throws {
        let names = [
            "../../escaped.wav", "/etc/escaped.wav", "..\\..\\escaped.wav", ".waxwing-sync", ".bashrc", "a.wav",
            "A.WAV",
            "evil.sh", "con.wav", "a\u{202E}vaw.exe", "..", "", "x\u{0}y.wav",
            String(repeating: "n", count: 500) + ".wav",
        ]
        let samples = names.map { (UUID().uuidString.lowercased(), $0) }
        let wav = "RIFF\u{24}\u{0}\u{0}\u{0}WAVE"
        let server = try FakeServer { request in
            let path = request.split(separator: " ").dropFirst().first ?? ""
            if path.hasPrefix("/api/auth/session") { return Self.json(["user": "u", "role": "user"]) }
            if path.hasPrefix("/api/samples?") {
                return Self.json(
                    samples.map { id, name in
                        [
                            "id": id, "filename": name, "content_type": "audio/wav",
                            "size": wav.utf8.count + id.utf8.count,
                        ] as [String: Any]
                    })
            }
            return FakeServer.Answer(body: wav + (path.split(separator: "/").dropFirst(2).first ?? ""))
        }
        _ = try folder.write(Array("mine".utf8), to: "f/a.wav")
        let environment = [
            "WAXWING_SERVER": "http://127.0.0.1:\(server.port)", "WAXWING_API_KEY": "wx_key",
            "XDG_CONFIG_HOME": folder.path,
        ]
        let result = try await Program.run("sync", path, "--down", environment: environment)
        #expect(result.status == 0, "\(result.errors)")
        let all = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        #expect(!all.contains("escaped.wav") && !FileManager.default.fileExists(atPath: "/etc/escaped.wav"))
        let here = try folder.files(below: "f")
        #expect(here["a.wav"] == Data("mine".utf8) && here.count == names.count + 1)
        let folded = Set(here.keys.map { $0.lowercased() })
        #expect(folded.count == here.count, "no two differ by case alone")
        #expect(
            here.keys.allSatisfy {
                $0.lowercased().hasSuffix(".wav") && $0.utf8.count < 256 && !$0.contains("\u{202E}")
            })
        let hidden = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(".") }
        #expect(hidden.sorted() == [".waxwing-sync", ".waxwing-sync.lock"])
        #expect(here.keys.contains { $0.hasPrefix("_con") } && here.keys.contains("evil.sh.wav"))
    }

    @Test func `a run after a crash begins a long file by the very same request`() async throws {
        let server = try FakeServer { request in
            let path = request.split(separator: " ").dropFirst().first ?? ""
            if path.hasPrefix("/api/auth/session") { return Self.json(["user": "u", "role": "user"]) }
            if path.hasPrefix("/api/samples?") { return Self.json([Any]()) }
            return FakeServer.Answer(status: "401 Unauthorized")
        }
        let head = Array("RIFF\u{24}\u{0}\u{0}\u{0}WAVE".utf8)
        _ = try folder.write(head + [UInt8](repeating: 0, count: 17 << 20), to: "f/long.wav")
        let environment = [
            "WAXWING_SERVER": "http://127.0.0.1:\(server.port)", "WAXWING_API_KEY": "wx_key",
            "XDG_CONFIG_HOME": folder.path,
        ]
        for _ in 0..<5 { #expect(try await Program.run("sync", path, environment: environment).status != 0) }
        let begun = server.requests.filter { $0.hasPrefix("POST /api/uploads ") }
        let keys = begun.compactMap { $0.firstMatch(of: /(?i)\r\nidempotency-key: *(\S+)/).map { String($0.1) } }
        #expect(keys.count == 5 && Set(keys).count == 1)
        let bodies = Set(begun.compactMap { $0.split(separator: "\r\n\r\n", maxSplits: 1).last })
        #expect(bodies.count == 1 && bodies.first?.contains("long.wav") == true, "\(bodies)")
    }

    private static func json(_ data: Any) -> FakeServer.Answer {
        let envelope: [String: Any] = ["success": true, "data": data, "meta": ["next_cursor": NSNull()]]
        let body = (try? JSONSerialization.data(withJSONObject: envelope)).map { String(decoding: $0, as: UTF8.self) }
        return FakeServer.Answer(headers: ["Content-Type: application/json"], body: body ?? "")
    }
}
