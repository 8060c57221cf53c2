import Foundation
import StorageTestKit
import Synchronization
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// `waxwing serve` in a process of its own, spoken to over HTTP; where several machines are the deployment, all of them.
final class TestServer: ServiceProgram {
    let program: RunningProgram
    var data: String { program.data }
    let port: Int
    private let others: OtherMachines?
    private let session = URLSession(configuration: .ephemeral)

    /// - Parameter folder: give the same again for a restart on the same data.
    init(_ folder: TemporaryFolder, environment: [String: String] = [:]) async throws {
        var (own, common) = (environment, environment)
        let isOneOfSeveral = common.removeValue(forKey: Deployment.severalMachines) != nil
        own.removeValue(forKey: Deployment.severalMachines)
        if isOneOfSeveral { own["WAXWING_WORKERS"] = "0" }
        program = try RunningProgram("serve", in: folder, environment: ["PORT": "0"].merging(own) { $1 })
        others = isOneOfSeveral ? try OtherMachines(common) : nil
        let port = try await program.listeningPort()
        self.port = try await others?.join(port) ?? port
    }

    var programs: [RunningProgram] { [program] + (others?.programs ?? []) }

    func send(
        _ method: String, _ path: String, token: String? = nil, type: String = "application/json",
        headers: [String: String] = [:], _ body: [UInt8]? = nil
    )
        async throws -> (status: Int, body: Data)
    {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
        request.httpMethod = method
        request.timeoutInterval = 600
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        if let body {
            request.setValue(type, forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(body)
        }
        let (data, response) = try await session.data(for: request)
        return (try #require(response as? HTTPURLResponse).statusCode, data)
    }

    func get(_ path: String, token: String) async throws -> [String: Any] {
        let (status, body) = try await send("GET", path, token: token)
        #expect(status == 200)
        return try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
    }

    func signUp() async throws -> String {
        let credentials = Array(#"{"email": "ada@example.com", "password": "correct horse 9"}"#.utf8)
        #expect(try await send("POST", "/api/auth/register", credentials).status == 201)
        let login = try await send("POST", "/api/auth/login", credentials)
        let answer = try #require(try JSONSerialization.jsonObject(with: login.body) as? [String: Any])
        return try #require((answer["data"] as? [String: Any])?["access_token"] as? String)
    }

    /// - Returns: the job, if the upload was accepted.
    func upload(_ file: [UInt8], named name: String, token: String) async throws -> String? {
        let head = "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"\(name)\"\r\n\r\n"
        let (status, body) = try await send(
            "POST", "/api/upload", token: token, type: "multipart/form-data; boundary=b",
            Array(head.utf8) + file + Array("\r\n--b--\r\n".utf8))
        guard status == 202 else { return nil }
        let answer = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        return (answer?["data"] as? [String: Any])?["job_id"] as? String
    }

    func job(_ id: String, token: String) async throws -> [String: Any] {
        try #require(try await get("/api/jobs/\(id)", token: token)["data"] as? [String: Any])
    }

    /// Waits until the job has ended.
    func finished(_ id: String, token: String) async throws -> [String: Any] {
        while true {
            let job = try await job(id, token: token)
            if let status = job["status"] as? String, !["pending", "processing"].contains(status) { return job }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// All pages of a list.
    func all(_ path: String, token: String) async throws -> [[String: Any]] {
        var (items, cursor): ([[String: Any]], String?) = ([], nil)
        repeat {
            let page = try await get("\(path)?limit=50" + (cursor.map { "&cursor=\($0)" } ?? ""), token: token)
            items += try #require(page["data"] as? [[String: Any]])
            cursor = (page["meta"] as? [String: Any])?["next_cursor"] as? String
        } while cursor != nil
        return items
    }
}

/// `waxwing worker` in a process of its own.
struct TestWorker: ServiceProgram {
    let program: RunningProgram

    init(_ folder: TemporaryFolder, environment: [String: String]) throws {
        program = try RunningProgram("worker", in: folder, environment: environment)
    }

    /// By its log.
    func finishedJobs() throws -> Int {
        try #require(program.isRunning, "the worker ended")
        return try program.log().split(separator: "\n").count { $0.contains("analyze-upload") }
    }
}

/// Another server and three workers, each in a folder of its own as on a machine of its own.
private final class OtherMachines: Sendable {
    private let server: RunningProgram
    private let workers: [RunningProgram]
    private let balancer = Mutex<Balancer?>(nil)

    init(_ environment: [String: String]) throws {
        server = try RunningProgram(
            "serve", in: TemporaryFolder(),
            environment: environment.merging(["PORT": "0", "WAXWING_WORKERS": "0"]) { $1 })
        let isWorking = environment["WAXWING_WORKERS"] != "0"
        workers = try (0..<(isWorking ? 3 : 0)).map { _ in
            try RunningProgram(
                "worker", in: TemporaryFolder(), environment: environment.merging(["WAXWING_WORKERS": "1"]) { $1 })
        }
    }

    var programs: [RunningProgram] { [server] + workers }

    /// - Returns: the port of both servers.
    func join(_ port: Int) async throws -> Int {
        let both = try await Balancer([port, server.listeningPort()])
        balancer.withLock { $0 = both }
        return both.port
    }
}

/// A part of the service that was started, and runs until it is ended.
protocol ServiceProgram: Sendable {
    var program: RunningProgram { get }
    /// All there is of it.
    var programs: [RunningProgram] { get }
}

extension ServiceProgram {
    var programs: [RunningProgram] { [program] }

    /// Ends the process as a crash would.
    func crash() async {
        for program in programs { await program.end(SIGKILL) }
    }

    /// - Returns: the exit status.
    func stop() async -> Int32 {
        var worst: Int32 = 0
        for program in programs { worst = max(worst, await program.end(SIGTERM)) }
        return worst
    }
}

/// A process of `waxwing` that is killed with this value.
final class RunningProgram: Sendable {
    let data: String
    private let process: Process
    private let folder: TemporaryFolder
    private let outputFile, logFile: String

    /// - Parameter folder: give the same again for a restart on the same data.
    init(_ command: String, in folder: TemporaryFolder, environment: [String: String]) throws {
        (self.folder, data) = (folder, "\(folder.path)/var")
        (outputFile, logFile) = ("\(folder.path)/out-\(UUID())", "\(folder.path)/log-\(UUID())")
        process = try Program.start(
            [command], environment: ["WAXWING_DATA": data].merging(environment) { $1 }, output: outputFile,
            errors: logFile)
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var isRunning: Bool { process.isRunning }
    /// Of the process.
    var identifier: Int32 { process.processIdentifier }

    /// Of a server, as soon as it listens.
    func listeningPort() async throws -> Int {
        while true {
            try #require(isRunning, "the server did not start")
            let text = try output()
            // The second line is printed last, so the first is whole by then.
            if text.split(separator: "\n").count >= 2 {
                return try #require(text.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) })
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func output() throws -> String { try String(contentsOfFile: outputFile, encoding: .utf8) }

    func log() throws -> String { try String(contentsOfFile: logFile, encoding: .utf8) }

    /// - Returns: the exit status.
    @discardableResult
    func end(_ signal: Int32) async -> Int32 {
        // The number of one that has ended may be another's.
        if process.isRunning { kill(process.processIdentifier, signal) }
        return await process.end()
    }
}

extension JSONSerialization {
    /// The same text for the same value, to compare by.
    static func text(of value: Any?) throws -> String {
        let data = try data(withJSONObject: [value ?? NSNull()], options: .sortedKeys)
        return String(decoding: data, as: UTF8.self)
    }
}
