import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import WaxwingHTTP

/// What a worker without a server tells, and whom.
@Suite struct MetricsServerTests {
    private func serve(
        token: String? = nil, _ test: @escaping @Sendable (TestClient) async throws -> Void
    ) async throws {
        try await TestAPI.run { api in
            let server = MetricsServer(
                api.useCases, HTTPServer.Configuration(port: 0, metricsToken: token, limits: .patient),
                logger: TestAPI.quiet)
            try await TestAPI.serve(server.application()) { client, _ in try await test(client) }
        }
    }

    private func ask(
        _ client: TestClient, _ path: String, _ method: HTTPRequest.Method = .get, headers: HTTPFields = [:]
    ) async throws -> Answer {
        Answer(
            try await client.execute(
                TestClient.Request(path, method: method, authority: "localhost", headers: headers)))
    }

    @Test func `it tells the metrics of its process to this machine, and nothing else to anybody`() async throws {
        try await serve { client in
            let told = try await ask(client, "/metrics")
            #expect(told.status == .ok && told.text.contains(#"waxwing_up{part="database"} 1"#))
            #expect(
                told.text.contains("# TYPE waxwing_jobs gauge") || told.text.contains("process_resident_memory_bytes"))
            for path in ["/", "/api/metrics", "/api/health", "/health", "/openapi.json", "/api/user", "/api/upload"] {
                for method in [HTTPRequest.Method.get, .post] {
                    let status = try await ask(client, path, method).status
                    #expect(status == .notFound, "\(method) \(path)")
                }
            }
            let forwarded = try await ask(client, "/metrics", headers: [.named("X-Forwarded-For"): "127.0.0.1"])
            #expect(forwarded.status == .notFound)
        }
    }

    @Test func `with a token it asks for that, from this machine too`() async throws {
        try await serve(token: "secret") { client in
            for (sent, expected) in [
                (nil, .notFound), ("Bearer secre", .notFound), ("Bearer secret", .ok),
            ] as [(String?, HTTPResponse.Status)] {
                var headers: HTTPFields = [:]
                headers[.authorization] = sent
                let status = try await ask(client, "/metrics", headers: headers).status
                #expect(status == expected, "\(sent ?? "none")")
            }
        }
    }
}
