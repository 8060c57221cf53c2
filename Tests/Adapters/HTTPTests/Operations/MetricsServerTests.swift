import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import WaxwingHTTP

/// What a worker without a server tells, and whom.
@Suite struct MetricsServerTests {
    private func serve(
        token: String? = nil, _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        try await TestAPI.run { api in
            let server = MetricsServer(
                api.useCases, HTTPServer.Configuration(port: 0, metricsToken: token), logger: TestAPI.quiet)
            try await server.application().test(.live) { client in try await test(client) }
        }
    }

    @Test func `it tells the metrics of its process to this machine, and nothing else to anybody`() async throws {
        try await serve { client in
            try await client.execute(uri: "/metrics", method: .get) { response in
                let text = String(buffer: response.body)
                #expect(response.status == .ok && text.contains(#"waxwing_up{part="database"} 1"#))
                #expect(text.contains("# TYPE waxwing_jobs gauge") || text.contains("process_resident_memory_bytes"))
            }
            for path in ["/", "/api/metrics", "/api/health", "/health", "/openapi.json", "/api/user", "/api/upload"] {
                for method in [HTTPRequest.Method.get, .post] {
                    let status = try await client.execute(uri: path, method: method) { $0.status }
                    #expect(status == .notFound, "\(method) \(path)")
                }
            }
            let forwarded = try await client.execute(
                uri: "/metrics", method: .get, headers: [.named("X-Forwarded-For"): "127.0.0.1"]
            ) { $0.status }
            #expect(forwarded == .notFound)
        }
    }

    @Test func `with a token it asks for that, from this machine too`() async throws {
        try await serve(token: "secret") { client in
            for (sent, expected) in [
                (nil, .notFound), ("Bearer secre", .notFound), ("Bearer secret", .ok),
            ] as [(String?, HTTPResponse.Status)] {
                var headers: HTTPFields = [:]
                headers[.authorization] = sent
                let status = try await client.execute(uri: "/metrics", method: .get, headers: headers) { $0.status }
                #expect(status == expected, "\(sent ?? "none")")
            }
        }
    }
}
