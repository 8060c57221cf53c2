import HTTPTypes
import Jobs
import LogTestKit
import Storage
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// A request and what follows from it, found by one name.
@Suite struct TracingTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let header = "00-\(trace)-b7ad6b7169203331-01"

    @Test func `the trace a client says is in the line of its request, and with the job it enqueues`() async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger) { api in
            let token = try await api.signUp()
            _ = try await api.send(.get, "/api/user", token: token, headers: [.traceparent: Self.header])
            #expect(log.lines.last { $0.contains("path=/api/user") }?.contains("trace_id=\(Self.trace)") == true)
            let form = "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"a.wav\"\r\n\r\n"
            let answer = try await api.send(
                .post, "/api/upload", token: token,
                headers: [.contentType: "multipart/form-data; boundary=b", .traceparent: Self.header],
                bytes: Array(form.utf8) + Sound.clicks() + Array("\r\n--b--\r\n".utf8))
            #expect(answer.status == .accepted)
            let kept = try await api.count("SELECT COUNT(*) AS n FROM jobs WHERE trace LIKE \("00-\(Self.trace)-%")")
            #expect(kept == 1)
            await api.runJobs()
            #expect(log.lines.contains { $0.contains("kind=analyze-upload") && $0.contains("trace_id=\(Self.trace)") })
        }
    }

    @Test(arguments: ["", "00-x-y-01", "00-\(TracingTests.trace)-b7ad6b7169203331-01-${jndi:x}", "\u{1B}[2J"])
    func `what is no trace begins one, and is nowhere`(header: String) async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger) { api in
            var headers = HTTPFields()
            if !header.isEmpty { headers[.traceparent] = header }
            _ = try await api.send(.get, "/api/health", headers: headers)
            let line = try #require(log.lines.last { $0.contains("path=/api/health") })
            let trace = try #require(line.firstMatch(of: /trace_id=([0-9a-f]{32})\b/)?.1)
            #expect(trace != Self.trace && !line.contains("jndi"))
        }
    }

    @Test func `two traces are as good as none, and every request has its own`() async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger) { api in
            var headers = HTTPFields()
            headers.append(HTTPField(name: .traceparent, value: Self.header))
            headers.append(HTTPField(name: .traceparent, value: Self.header))
            for _ in 0..<3 { _ = try await api.send(.get, "/api/health", headers: headers) }
            let traces = log.lines.compactMap { $0.firstMatch(of: /trace_id=([0-9a-f]+)/)?.1 }
            #expect(traces.count == 3 && Set(traces).count == 3 && !traces.contains(Self.trace[...]))
        }
    }
}
