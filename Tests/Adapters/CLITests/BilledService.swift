import Foundation
import StorageTestKit
import Testing

/// A running service with small plans, somebody with an account there, and what the program does beside it.
struct BilledService {
    let server: TestServer
    let token: String
    let stripe: StripeProgram?
    private let folder: TemporaryFolder
    private let environment: [String: String]

    /// - Parameters:
    ///   - settings: how it takes payments, where it is not by a program that speaks as Stripe does.
    ///   - delay: seconds until jobs of the free plan begin.
    init(
        on deployment: Deployment, _ settings: [String: String]? = nil, delay: Int = 0
    ) async throws {
        folder = try TemporaryFolder()
        stripe = settings == nil ? try await StripeProgram() : nil
        environment = try await deployment.environment()
            .merging(settings ?? stripe?.environment ?? [:]) { $1 }
            .merging(["WAXWING_PLANS": try folder.write(Array(Self.plans(delay: delay).utf8), to: "plans.json")]) { $1 }
        server = try await TestServer(folder, environment: environment)
        token = try await server.signUp()
        if let stripe {
            // Every five minutes the service compares itself with the provider: not at moments of its own choice here.
            try await run("jobs", "pause", "upkeep")
            while try await !run("jobs", "ls", "--queue", "upkeep", "--state", "running", "--ids").isEmpty {}
            try await stripe.tell(server)
            #expect(try await run("plans", "publish").hasSuffix("4 prices were made known\n"))
        }
    }

    /// Free, pro and enterprise as far as tests fill them: a second of ``Sound/kicks(bpm:seconds:rate:channels:)`` is 44 kB.
    static func plans(delay: Int = 0) -> String {
        """
        {"default_plan": "free",
         "plans": {
           "free": {"title": "Free", "upload_bytes": 60000, "uploads_per_month": 3, "storage_bytes": 300000, "lane": "free",
                    "delay_seconds": \(delay)},
           "pro": {"title": "Pro", "upload_bytes": 100000, "uploads_per_month": 50, "storage_bytes": 400000, "lane": "pro",
                   "prices": [{"name": "pro-month", "interval": "month", "cents": 999}]},
           "enterprise": {"title": "Enterprise", "upload_bytes": 200000, "lane": "pro",
                          "prices": [{"name": "enterprise-month", "interval": "month", "cents": 9900},
                                     {"name": "enterprise-year", "interval": "year", "cents": 99000}]}},
         "add_ons": {"storage": {"title": "Room", "adds": {"storage_bytes": 1000000}, "max_quantity": 5, "plans": ["pro"],
                                 "prices": [{"name": "storage-month", "interval": "month", "cents": 299}]}}}
        """
    }

    // MARK: The program beside it

    /// - Returns: what it prints, or says is wrong.
    @discardableResult
    func run(_ arguments: String..., status: Int32 = 0) async throws -> String {
        let result = try await Program.run(
            arguments, environment: environment.merging(["WAXWING_DATA": server.data]) { $1 })
        #expect(result.status == status, "\(arguments): \(result.output)\(result.errors)")
        return status == 0 ? result.output : result.errors
    }

    func records(_ arguments: String...) async throws -> [[String: Any]] {
        let result = try await Program.run(
            arguments + ["--json"], environment: environment.merging(["WAXWING_DATA": server.data]) { $1 })
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    }

    // MARK: The account

    /// - Returns: the data of the answer, or its error.
    @discardableResult
    func post(_ path: String, _ body: String? = nil, expecting status: Int = 200) async throws -> [String: Any] {
        let answer = try await server.send("POST", path, token: token, body.map { Array($0.utf8) })
        #expect(answer.status == status, "\(path): \(String(decoding: answer.body, as: UTF8.self))")
        let object = try #require(try JSONSerialization.jsonObject(with: answer.body) as? [String: Any])
        return try #require((object["data"] ?? object["error"]) as? [String: Any])
    }

    /// Asks for a change of what is paid for, some seconds after the last: Stripe's events tell whole seconds, and what happens
    /// within one has no order.
    func change(_ path: String, _ body: String? = nil) async throws {
        try await stripe?.advance(seconds: 2)
        try await post(path, body)
    }

    /// What the account has, as soon as it is so.
    @discardableResult
    func subscription(
        sourceLocation: SourceLocation = #_sourceLocation, once holds: ([String: Any]) -> Bool = { _ in true }
    ) async throws -> [String: Any] {
        let limit = ContinuousClock.now + .seconds(300)
        while true {
            let shown = try #require(try await server.get("/api/subscription", token: token)["data"] as? [String: Any])
            if holds(shown) { return shown }
            try #require(
                ContinuousClock.now < limit, "it never came to pass: \(shown)", sourceLocation: sourceLocation)
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Waits until the account has that plan, for that reason.
    @discardableResult
    func expect(
        _ plan: String, _ ground: String, _ status: String?, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String: Any] {
        try await subscription(sourceLocation: sourceLocation) {
            $0["plan"] as? String == plan && $0["ground"] as? String == ground && $0["status"] as? String == status
        }
    }

    /// Through the provider's checkout, as a browser would go.
    func subscribe(to wish: String, card: String = "pays") async throws {
        let url = try #require(try await post("/api/subscribe", wish, expecting: 201)["url"] as? String)
        #expect(try await #require(stripe).press(url, "card=\(card)") == 303)
    }

    /// - Returns: the job.
    func upload(seconds: Double) async throws -> String {
        try #require(
            try await server.upload(Sound.kicks(seconds: seconds), named: "kick.wav", token: token), "it was refused")
    }

    /// An upload that is too much.
    ///
    /// - Returns: the status, and the details of the limit that was met.
    func refusal(ofSeconds seconds: Double) async throws -> (status: Int, details: [String: Any]) {
        let head = "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"kick.wav\"\r\n\r\n"
        let (status, body) = try await server.send(
            "POST", "/api/upload", token: token, type: "multipart/form-data; boundary=b",
            Array(head.utf8) + Sound.kicks(seconds: seconds) + Array("\r\n--b--\r\n".utf8))
        let object = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        let error = try #require(object["error"] as? [String: Any], "it was taken")
        return (status, try #require(error["details"] as? [String: Any]))
    }

    func quota(_ unit: String) async throws -> [String: Any] {
        let quota = try await subscription()["quota"] as? [String: Any]
        return try #require(quota?[unit] as? [String: Any])
    }
}
