import AudioCore
import Auth
import Billing
import Foundation
import FreshDatabases
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Jobs
import Logging
import NIOCore
import Storage
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// A whole service in memory, and a client that speaks to its router.
struct TestAPI {
    let client: TestClient
    let useCases: UseCases
    let database: any Database
    let objects: MemoryObjectStore
    let port: Int
    let declared: [Route]
    var logger = TestAPI.quiet

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func run(
        plan: Plan = Plan(), limits: RequestLimits = RequestLimits(), book: PlanBook? = nil,
        payments: PaymentOptions? = nil, ai: AIOptions? = nil, files: (any FileFetcher)? = nil,
        metricsToken: String? = nil,
        publicURL: String? = nil, proxies: TrustedProxies = .none, origins: AllowedOrigins = .none,
        clock: any WallClock = SystemClock(), signIn: SignInOptions = SignInOptions(),
        connections: ConnectionLimits = .patient, certificate: ServerCertificate? = nil,
        logger: Logger = TestAPI.quiet, pace: EventPace = EventPace(heartbeat: .seconds(600)),
        sockets: WebSocketRules = .patient,
        over wrap: (any Database) -> any Database = { $0 },
        _ test: @escaping @Sendable (TestAPI) async throws -> Void
    ) async throws {
        let database = try await FreshDatabase.make()
        try await database.migrate(UseCases.migrations, at: SystemClock().now())
        let (rows, objects) = (database, MemoryObjectStore())
        let folder = FileManager.default.temporaryDirectory.appending(path: "waxwing-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let useCases = try UseCases(
            Backends(database: wrap(database), objects: objects, clock: clock, linkBase: "/objects"),
            plans: book ?? PlanBook(defaultPlan: "test", plans: ["test": plan], requestLimits: limits),
            keys: .random(), signIn: signIn, payments: payments, ai: ai, files: files,
            analyzer: InProcessAnalyzer(), work: WorkFolder(in: folder), pace: pace,
            logger: logger)
        var configuration = HTTPServer.Configuration(
            port: 0, publicURL: publicURL, metricsToken: metricsToken, proxies: proxies, origins: origins,
            limits: connections, certificate: certificate)
        configuration.eventSockets = sockets
        let server = HTTPServer(useCases, configuration, logger: logger)
        let declared = try server.routes()
        try await serve(server.application()) { client, port in
            try await test(
                TestAPI(
                    client: client, useCases: useCases, database: rows, objects: objects, port: port,
                    declared: declared, logger: logger))
        }
    }

    /// Serves what a test has made of its own, with a client of it.
    static func serve(
        _ router: Router<APIContext>, logger: Logger = TestAPI.quiet,
        _ test: @escaping @Sendable (TestClient) async throws -> Void
    ) async throws {
        try await serve(Application(router: router, logger: logger)) { client, _ in try await test(client) }
    }

    static func serve(
        _ application: some ApplicationProtocol, _ test: @escaping @Sendable (TestClient, Int) async throws -> Void
    ) async throws {
        // The client that the library gives with it is not used; this one connects only when it is asked something.
        try await application.test(.ahc(.http)) { client in
            let port = try #require(client.port)
            try await connecting(to: port) { try await test($0, port) }
        }
    }

    /// Among hundreds of tests an answer may take longer than the library's client waits, and so may a connection, for which
    /// nobody can give it more time.
    private static func connecting<Value: Sendable>(
        to port: Int, _ work: @escaping @Sendable (TestClient) async throws -> Value
    ) async throws -> Value {
        let client = try await connected(to: port)
        do {
            let value = try await work(client)
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private static func connected(to port: Int) async throws -> TestClient {
        let end = ContinuousClock.now + .seconds(600)
        while true {
            let client = TestClient(host: "127.0.0.1", port: port, configuration: .init(timeout: .seconds(600)))
            client.connect()
            do {
                _ = try await client.getChannel()
                return client
            } catch  where ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, headers: HTTPFields = [:],
        _ body: String = ""
    ) async throws -> Answer {
        try await send(method, path, token: token, headers: headers, bytes: Array(body.utf8))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, headers: HTTPFields = [:], bytes: [UInt8]
    ) async throws -> Answer {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        let request = TestClient.Request(
            path, method: method, authority: headers[.named("Host")] == nil ? "localhost" : nil, headers: headers,
            body: ByteBuffer(bytes: bytes))
        // A refusal ends the connection where much of the body is still to come, which chance decides.
        let isLarge = bytes.count > 64 << 10
        let answer = Answer(
            try await isLarge
                ? Self.connecting(to: port) { try await $0.execute(request) } : client.execute(request))
        try answer.expectDeclared(method, path, in: declared)
        return answer
    }

    /// Without streams, which answer as long as somebody listens.
    var finite: [Route] { declared.filter { !$0.isStream } }

    /// Method and path of what is declared.
    var routes: [(method: HTTPRequest.Method, path: String)] { declared.map { ($0.method, $0.path) } }

    func signUp(_ email: String = "ada@example.com") async throws -> String {
        let credentials = #"{"email": "\#(email)", "password": "correct horse 9"}"#
        #expect(try await send(.post, "/api/auth/register", credentials).status == .created)
        let login = try await send(.post, "/api/auth/login", credentials)
        return try #require(login.data["access_token"] as? String)
    }

    /// Signs in as a browser does.
    /// - Returns: the cookie, as the browser sends it back.
    func signInBrowser(_ email: String = "ada@example.com", headers: HTTPFields = [:]) async throws -> String {
        var headers = headers
        headers[.origin] = "http://localhost"
        let answer = try await send(
            .post, "/api/auth/session", headers: headers, #"{"email": "\#(email)", "password": "correct horse 9"}"#)
        #expect(answer.status == .created)
        return try #require(answer.cookie)
    }

    /// An administrator's token.
    func signUpAdmin() async throws -> String {
        _ = try await useCases.accountOperation.create(
            email: "root@example.com", name: nil, role: .admin, password: "correct horse 9")
        let login = try await send(
            .post, "/api/auth/login", #"{"email": "root@example.com", "password": "correct horse 9"}"#)
        return try #require(login.data["access_token"] as? String)
    }

    func upload(
        _ file: [UInt8], named name: String = "loop.wav", token: String, to path: String = "/api/upload"
    )
        async throws -> Answer
    {
        let head = "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"\(name)\"\r\n\r\n"
        return try await send(
            .post, path, token: token, headers: [.contentType: "multipart/form-data; boundary=b"],
            bytes: Array(head.utf8) + file + Array("\r\n--b--\r\n".utf8))
    }

    /// As many clients are, each on a connection of its own.
    func connected<Value: Sendable>(_ work: @escaping @Sendable (TestAPI) async throws -> Value) async throws -> Value {
        try await Self.connecting(to: port) {
            try await work(
                TestAPI(
                    client: $0, useCases: useCases, database: database, objects: objects, port: port,
                    declared: declared,
                    logger: logger))
        }
    }

    func count(_ sql: SQL) async throws -> Int {
        try await database.read { try $0.row(sql)?.get("n") ?? 0 }
    }

    /// Runs the jobs that are queued, as a worker does.
    func runJobs() async {
        let workers = useCases.workers(name: "test", concurrency: 2, logger: logger)
        let running = Task {
            await withDiscardingTaskGroup { group in
                for worker in workers { group.addTask { await worker.run() } }
            }
        }
        func isDone() async -> Bool {
            guard let queues = try? await useCases.health.queues() else { return false }
            return !queues.contains { $0.ready + $0.running + $0.retryable > 0 }
        }
        let end = ContinuousClock.now + .seconds(1200)
        while await !isDone() {
            guard ContinuousClock.now < end else {
                Issue.record("there are jobs left")
                break
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
        running.cancel()
        await running.value
    }
}

extension WebSocketRules {
    /// For tests that are not about time.
    static let patient = WebSocketRules(
        largestMessage: 4 << 10, pingInterval: .seconds(3600), idleTime: .seconds(3600))
}

extension ConnectionLimits {
    /// For tests that are not about time, of which many run at once.
    static var patient: ConnectionLimits {
        var limits = ConnectionLimits()
        (limits.head, limits.idle, limits.request) = (.seconds(3600), .seconds(3600), .seconds(3600))
        (limits.bodyWindow, limits.answerWindow, limits.linger) = (.seconds(3600), .seconds(3600), .seconds(60))
        return limits
    }
}

/// A response, read as JSON.
struct Answer {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let bytes: [UInt8]

    init(_ response: TestClient.Response) {
        (status, headers) = (response.status, response.headers)
        bytes = response.body.map { Array($0.readableBytesView) } ?? []
    }

    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]) ?? [:] }
    var data: [String: Any] { json["data"] as? [String: Any] ?? [:] }
    var list: [[String: Any]] { json["data"] as? [[String: Any]] ?? [] }
    var error: [String: Any] { json["error"] as? [String: Any] ?? [:] }
    var meta: [String: Any] { json["meta"] as? [String: Any] ?? [:] }
    var code: String? { error["code"] as? String }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// All but the request's name and time, and so the same for what is not to be told apart.
    var said: String {
        var json = json
        json["meta"] = nil
        let content = (try? JSONSerialization.data(withJSONObject: json, options: .sortedKeys)) ?? Data()
        let fields = headers.filter { ![.requestID, .date].contains($0.name) }.map { "\($0)" }.sorted()
        return "\(status) \(fields) \(String(decoding: content, as: UTF8.self)) \(bytes.count)"
    }
    /// Name and value of the cookie that is set.
    var cookie: String? { headers[.setCookie]?.split(separator: ";").first.map(String.init) }
}

/// Sounds made from a formula.
enum Sound {
    /// 16-bit mono WAV: short clicks at a steady beat.
    static func clicks(bpm: Double = 120, seconds: Double = 4, rate: Int = 22_050) -> [UInt8] {
        let period = 60 / bpm
        let samples = (0..<Int(seconds * Double(rate))).map { index -> Int16 in
            let time = (Double(index) / Double(rate)).truncatingRemainder(dividingBy: period)
            return Int16(20_000 * exp(-time * 60) * sin(2 * .pi * 60 * time))
        }
        return wav(samples, rate: rate)
    }

    static func wav(_ samples: [Int16], rate: Int) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
        let data = samples.flatMap { little(Int(UInt16(bitPattern: $0)), 2) }
        return Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2)
            + little(1, 2) + little(rate, 4) + little(rate * 2, 4) + little(2, 2) + little(16, 2) + Array("data".utf8)
            + little(data.count, 4) + data
    }
}
