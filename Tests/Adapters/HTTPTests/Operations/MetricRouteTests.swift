import HTTPTypes
import Storage
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// What the routes for operators tell, and whom.
@Suite struct MetricRouteTests {
    @Test func `requests are told by route, method and class, whatever paths and methods clients make up`() async throws
    {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            _ = try await api.upload(Sound.clicks(), token: token)
            for index in 0..<50 { _ = try await api.send(.get, "/api/samples/canary-\(index)", token: token) }
            for method in ["PROPFIND", "REPORT", "MKCOL"] {
                _ = try await api.send(try #require(HTTPRequest.Method(rawValue: method)), "/api/samples")
            }
            let text = try await api.send(.get, "/api/metrics").text
            #expect(!text.contains("canary") && !text.contains("PROPFIND") && text.contains(#"method="other""#))
            #expect(
                text.contains(
                    #"waxwing_http_requests_total{method="GET",route="/api/samples/{id}",status="404"} 50"#))
            #expect(
                text.contains(
                    #"waxwing_http_request_duration_seconds_count{method="GET",route="/api/samples/{id}",status="4xx"} 50"#
                ))
            #expect(text.contains(#"waxwing_http_errors_total{code="NOT_FOUND"} "#))
            #expect(text.contains("waxwing_http_requests_in_flight 1\n"))
            #expect(text.contains(#"waxwing_http_answered_bytes_total{route="/api/samples/{id}"} "#))
            for name in ["waxwing_up", "waxwing_database_wait_seconds_bucket", "process_open_fds", "waxwing_jobs"] {
                #expect(text.contains("\n\(name)"), "\(name)")
            }
        }
    }

    @Test func `every line is one that Prometheus reads`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            _ = try await api.upload(Sound.clicks(), token: token)
            await api.runJobs()
            let text = try await api.send(.get, "/api/metrics").text
            #expect(text.hasSuffix("\n"))
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                let isSample =
                    line.wholeMatch(
                        of:
                            /[a-z_0-9]+(\{[a-z_]+="([^"\\\n]|\\.)*"(,[a-z_]+="([^"\\\n]|\\.)*")*\})? (-?[0-9.e+-]+|\+Inf|NaN)/
                    ) != nil
                #expect(isSample, "\(line)")
            }
            let named = text.matches(of: #/\# TYPE ([a-z_0-9]+) /#).map(\.1)
            #expect(Set(named).count == named.count && named.count > 15)
        }
    }

    @Test(arguments: ["/metrics", "/debug", "/admin", "/.env", "/.git/config", "/debug/pprof", "/api/debug"])
    func `metrics and debug routes: nothing is there that a stranger might look for`(path: String) async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(.get, path)
            #expect(answer.status == .notFound)
        }
    }

    @Test(arguments: ["", "secre", "secretx", "SECRET", "secret secret"])
    func `a token that is another opens nothing`(token: String) async throws {
        try await TestAPI.run(metricsToken: "secret") { api in
            let answer = try await api.send(.get, "/api/metrics", token: token)
            #expect(answer.status == .notFound)
        }
    }

    @Test func `readiness tells when a server is to be left alone, health goes on`() async throws {
        try await TestAPI.run { api in
            let ready = try await api.send(.get, "/api/ready")
            #expect(ready.status == .ok && ready.data["status"] as? String == "ready")
            api.useCases.readiness.drain()
            let draining = try await api.send(.get, "/api/ready")
            #expect(draining.status == .serviceUnavailable && draining.data["reasons"] as? [String] == ["draining"])
            #expect(try await api.send(.get, "/api/health").status == .ok)
            #expect(try await api.send(.get, "/api/user").status == .unauthorized)
        }
    }
}
