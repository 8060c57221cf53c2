import Foundation
import StorageTestKit
import Testing

/// A server that was given a secret of each kind, all of which are of no use where they are sent.
@Suite struct ServerSecretTests {
    private static let canary = "canary" + String(repeating: "q", count: 40)

    /// Everything outside is a server that refuses, and says the credentials that it got.
    private static func environment(_ outside: FakeServer, _ mail: FakeServer) -> [String: String] {
        let address = "http://127.0.0.1:\(outside.port)"
        return [
            "WAXWING_METRICS_TOKEN": canary, "JWT_SECRET": canary, "STRIPE_KEY": "sk_test_\(canary)",
            "STRIPE_WEBHOOK_SECRET": "whsec_\(canary)", "STRIPE_API_BASE": address,
            "OPENROUTER_API_KEY": "sk-or-\(canary)",
            "WAXWING_AI_URL": "\(address)/v1", "WAXWING_AI_MODEL": "qwen/qwen3-7b", "WAXWING_PROFILE": "saas",
            "WAXWING_SMTP_URL": "smtp+plain://ada:\(canary)@127.0.0.1:\(mail.port)",
            "WAXWING_MAIL_FROM": "sounds@example.com", "WAXWING_URL": "http://127.0.0.1:9",
            "WAXWING_LOG_LEVEL": "debug",
            "WAXWING_OPENID_PROVIDERS":
                #"[{"name": "house", "label": "House", "issuer": "\#(address)", "client_id": "ada", "client_secret": "\#(canary)"}]"#,
        ]
    }

    @Test(.timeLimit(.minutes(20)))
    func `secrets of the outside: none is in what a server logs, answers or counts, though all refuse it`()
        async throws
    {
        let outside = try FakeServer { request in
            // As some do: what was sent comes back in the error.
            FakeServer.Answer(
                status: "401 Unauthorized", headers: ["Content-Type: application/json"],
                body: #"{"error": {"message": "bad key \#(Self.canary)", "type": "invalid_request_error"}}"#)
        }
        let mail = try FakeServer(greeting: "554 no service here for \(Self.canary)\r\n")
        let folder = try TemporaryFolder()
        let server = try await TestServer(folder, environment: Self.environment(outside, mail))
        let token = try await server.signUp()
        var said: [String] = []
        func send(_ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:]) async throws
        {
            let answer = try await server.send(
                method, path, token: headers.isEmpty ? token : nil, headers: headers, body.map { Array($0.utf8) })
            said.append(String(decoding: answer.body, as: UTF8.self))
        }
        try await send("POST", "/api/subscribe", #"{"plan": "pro"}"#)
        try await send("POST", "/api/billing/portal", "{}")
        try await send("POST", "/api/auth/reset/request", #"{"email": "ada@example.com"}"#)
        try await send("GET", "/auth/login/house")
        try await send("GET", "/api/metrics", headers: ["Authorization": "Bearer \(Self.canary)"])
        try await send("GET", "/api/metrics?token=\(Self.canary.dropLast())x")
        try await send("POST", "/api/webhook", "{}", headers: ["Stripe-Signature": "t=1,v1=00"])
        let limit = ContinuousClock.now + .seconds(300)
        // Mail goes by a job: once it was tried, the log speaks of it.
        while try !server.program.log().contains("mail") {
            try #require(ContinuousClock.now < limit, "no mail was tried")
            try await Task.sleep(for: .milliseconds(50))
        }
        for command in [["config"], ["doctor"], ["keys", "ls"], ["jobs", "ls"], ["webhooks", "ls"]] {
            let environment = Self.environment(outside, mail).merging(["WAXWING_DATA": server.data]) { $1 }
            let result = try await Program.run(command, environment: environment)
            said += [result.output, result.errors]
        }
        #expect(await server.stop() == 0)
        #expect(outside.requests.count >= 2, "somebody was spoken to")
        let log = try server.program.log()
        #expect(log.split(separator: "\n").count > 5)
        #expect(!log.contains(Self.canary), "\(log.split(separator: "\n").first { $0.contains(Self.canary) } ?? "")")
        for text in said + [try server.program.output()] { #expect(!text.contains(Self.canary), "\(text.prefix(400))") }
    }

    @Test func `the key of TLS is in nothing that is said, when it fits no certificate or is none`() async throws {
        let folder = try TemporaryFolder()
        let key = "-----BEGIN PRIVATE KEY-----\n\(Self.canary)\n-----END PRIVATE KEY-----\n"
        let file = try folder.write(Array(key.utf8), to: "key.pem")
        for command in [["serve"], ["config"], ["doctor"]] {
            let result = try await Program.run(
                command,
                environment: [
                    "WAXWING_DATA": "\(folder.path)/var", "PORT": "0", "WAXWING_TLS_CERTIFICATE": file,
                    "WAXWING_TLS_KEY": file,
                ])
            if command == ["serve"] { #expect(result.status != 0 && result.errors.contains("key.pem")) }
            #expect(!result.output.contains(Self.canary) && !result.errors.contains(Self.canary), "\(command)")
        }
    }
}
