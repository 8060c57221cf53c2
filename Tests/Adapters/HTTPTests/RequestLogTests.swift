import Auth
import Billing
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LogTestKit
import NIOCore
import Storage
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// What an operator finds in the log of who was refused.
@Suite struct RequestLogTests {
    @Test func `what somebody may not do is a line with their name`() async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger) { api in
            let token = try await api.signUp()
            let user = try #require(try await api.send(.get, "/api/user", token: token).data["id"] as? String)
            #expect(try await api.send(.get, "/api/admin/users", token: token).status == .forbidden)
            let line = try #require(log.lines.last { $0.contains("/api/admin/users") })
            #expect(line.contains("status=403") && line.contains("user=\(user)") && line.contains("request_id="))
        }
    }

    @Test func `who is not let in, or over a limit, is a line too`() async throws {
        let log = LogCollector()
        let limits = RequestLimits(perAddress: RateLimit(1, per: .seconds(60)))
        try await TestAPI.run(limits: limits, clock: ManualClock(), logger: log.logger) { api in
            for _ in 0..<2 { _ = try await api.send(.get, "/api/user", token: "guess") }
            for status in [401, 429] {
                #expect(log.lines.contains { $0.contains("path=/api/user") && $0.contains("status=\(status)") })
            }
        }
    }

    private struct Away: KeySetFetcher {
        struct Reason: Error, CustomStringConvertible {
            let description = "connection refused by 192.0.2.77"
        }

        func keySet(at url: String, upTo limit: Int) async throws -> [UInt8] { throw Reason() }
    }

    @Test func `what is away is said to the operator, and not to the client`() async throws {
        let log = LogCollector()
        var options = SignInOptions()
        options.fetcher = Away()
        options.issuers = [
            try ForeignIssuer(
                issuer: "https://issuer.example", audience: "api", keys: .url("https://issuer.example/keys"))
        ]
        try await TestAPI.run(signIn: options, logger: log.logger) { api in
            // By a key nobody has heard of yet: {"alg":"ES256","kid":"k","typ":"JWT"}, {"iss":"https://issuer.example"}
            let token =
                "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIn0."
                + String(repeating: "A", count: 86)
            let answer = try await api.send(.get, "/api/user", token: token)
            #expect((answer.status, answer.code) == (.serviceUnavailable, "SERVICE_UNAVAILABLE"))
            #expect(!answer.text.contains("192.0.2.77") && !answer.text.contains("issuer.example"))
            #expect(log.errors.contains { $0.contains("issuer.example") || $0.contains("192.0.2.77") })
        }
    }

    @Test func `what nobody foresaw is one answer without a word of it, and a line with all of it`() async throws {
        struct Unforeseen: Error {
            let path = "/var/lib/waxwing/keys.json"
        }
        let log = LogCollector()
        let router = Router(context: APIContext.self)
        router.add(middleware: RequestLog(metrics: MetricRegistry(), isSecure: false))
        router.get("fault") { _, _ -> Response in throw Unforeseen() }
        try await TestAPI.serve(router, logger: log.logger) { client in
            let response = try await client.execute(TestClient.Request("/fault", method: .get))
            #expect(response.status == .internalServerError)
            let text = response.body.map { String(buffer: $0) } ?? ""
            #expect(text.contains("INTERNAL_ERROR") && !text.contains("keys.json") && !text.contains("Unforeseen"))
        }
        #expect(log.errors.count == 1 && log.errors[0].contains("keys.json"))
    }

    @Test func `what a client sends makes no line of its own`() async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger) { api in
            for path in ["/api/x%0Aforged%0D", "/api/x%1B%5B2J", "/api/jndi:ldap://evil.example"] {
                _ = try await api.send(.get, path, headers: [.userAgent: "forged agent ${jndi:x}"])
            }
            #expect(!log.lines.contains { $0.contains { $0.isNewline || $0 == "\u{1B}" } || $0.contains("agent") })
        }
    }
}
