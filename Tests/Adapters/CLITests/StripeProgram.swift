import Foundation
import StorageTestKit
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The program that speaks as Stripe does, one for each test: its clock is turned, and its deliveries are withheld.
final class StripeProgram: Sendable {
    /// Whether such programs can be started here: then one for all is, for other tests.
    static let isThere = ProcessInfo.processInfo.environment["TEST_STRIPE_BASE"].map { !$0.isEmpty } ?? false
    static let hint: Comment = "set TEST_STRIPE_BASE (Scripts/stripe-server.sh start DIR) to pay on a running service"

    let secret: String
    private let base, key: String
    private let process: Process
    private let folder: TemporaryFolder
    private let session = URLSession(configuration: .ephemeral, delegate: StaysHere(), delegateQueue: nil)

    init() async throws {
        folder = try TemporaryFolder()
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Stripe/server.py")
        process = try Program.start(
            ["python3", "-B", script.path, folder.path], environment: [:], by: "/usr/bin/env",
            output: "\(folder.path)/out", errors: "\(folder.path)/err")
        while !FileManager.default.fileExists(atPath: "\(folder.path)/env") {
            try #require(process.isRunning, "the program that speaks as Stripe does did not start")
            try await Task.sleep(for: .milliseconds(20))
        }
        let lines = try String(contentsOfFile: "\(folder.path)/env", encoding: .utf8).split(separator: "\n")
        func value(_ name: String) throws -> String {
            try #require(lines.first { $0.hasPrefix("export \(name)=") }).split(separator: "=", maxSplits: 1).last.map(
                String.init) ?? ""
        }
        base = try value("TEST_STRIPE_BASE")
        (key, secret) = (try value("TEST_STRIPE_KEY"), try value("TEST_STRIPE_WEBHOOK_SECRET"))
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// What the service is started with to take payments here.
    var environment: [String: String] {
        ["STRIPE_KEY": key, "STRIPE_WEBHOOK_SECRET": secret, "STRIPE_API_BASE": base]
    }

    /// - Parameter form: `card=pays&…`, as a browser sends it.
    @discardableResult
    func send(_ method: String, _ path: String, _ form: String = "") async throws -> [String: Any] {
        let (status, body) = try await exchange(method, base + path, form)
        #expect(status == 200, "\(path): \(String(decoding: body, as: UTF8.self))")
        return try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
    }

    /// Presses a button of one of its pages.
    ///
    /// - Returns: 303 where it leads back.
    func press(_ url: String, _ form: String) async throws -> Int {
        #expect(url.hasPrefix(base))
        return try await exchange("POST", url, form).status
    }

    func tell(_ server: TestServer) async throws {
        let url = "http://127.0.0.1:\(server.port)/api/webhook"
        try await send("POST", "/v1/webhook_endpoints", "url=\(url)&enabled_events[]=*")
    }

    func advance(days: Int = 0, seconds: Int = 0) async throws {
        try await send("POST", "/test/advance", "seconds=\(days * 86_400 + seconds)")
        _ = try await deliveries()
    }

    /// Everything that was sent, once it has arrived or was given up.
    func deliveries() async throws -> [[String: Any]] {
        try #require(try await send("GET", "/test/deliveries")["deliveries"] as? [[String: Any]])
    }

    /// The newest one's.
    func subscription() async throws -> (id: String, customer: String) {
        let list = try await send("GET", "/v1/subscriptions?limit=1&status=all")["data"] as? [[String: Any]]
        let newest = try #require(list?.first)
        return (try #require(newest["id"] as? String), try #require(newest["customer"] as? String))
    }

    private func exchange(_ method: String, _ url: String, _ form: String) async throws -> (status: Int, body: Data) {
        var request = URLRequest(url: try #require(URL(string: url)))
        (request.httpMethod, request.timeoutInterval) = (method, 900)
        request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization")
        if method == "POST" {
            request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(form.utf8)
        }
        let (data, response) = try await session.data(for: request)
        return (try #require(response as? HTTPURLResponse).statusCode, data)
    }

    /// Where a page leads to is not followed: it is ours, and wants a browser.
    private final class StaysHere: NSObject, URLSessionTaskDelegate {
        func urlSession(
            _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
            newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }
}
