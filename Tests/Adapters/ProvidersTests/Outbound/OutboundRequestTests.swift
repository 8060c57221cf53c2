import Addresses
import Jobs
import LogTestKit
import Synchronization
import Testing

@testable import WaxwingProviders

@Suite struct OutboundRequestTests {
    @Test func `a request arrives with its body and headers, and what the connection needs`() async throws {
        let received = Mutex<(head: String, body: [UInt8])>(("", []))
        try await LoopbackServer.run({ connection in
            guard let head = try await connection.text(until: "\r\n\r\n"), let body = try await connection.bytes(7)
            else { return }
            received.withLock { $0 = (head, body) }
            try await connection.write("HTTP/1.1 202 Accepted\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n")
            try await connection.drain()
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            let request = try OutboundRequest.patient(
                .post, "\(server.url)hooks?id=7",
                headers: [("webhook-id", "msg_1"), ("Content-Type", "application/json")],
                body: Array("{\"a\":1}".utf8))
            let answer = try await http.send(request)
            #expect(answer.status == 202)
            #expect(answer["X-A"] == "1")
            #expect(answer.headers.count == 3)
            #expect(answer.url.origin == "http://\(server.authority)")
        }
        let (head, body) = received.withLock { $0 }
        let lines = head.split(separator: "\r\n").map { $0.lowercased() }
        #expect(lines.first == "post /hooks?id=7 http/1.1")
        for line in ["webhook-id: msg_1", "connection: close", "accept-encoding: identity", "content-length: 7"] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(body == Array("{\"a\":1}".utf8))
    }

    @Test func `a request that belongs to a trace says so, with a step of its own; others say nothing`() async throws {
        let heads = Mutex<[String]>([])
        let trace = TraceContext.random()
        for current in [trace, nil] {
            try await LoopbackServer.run({ connection in
                guard let head = try await connection.text(until: "\r\n\r\n") else { return }
                heads.withLock { $0.append(head.lowercased()) }
                try await connection.write("HTTP/1.1 204 No Content\r\n\r\n")
                try await connection.drain()
            }) { server in
                let http = try OutboundHTTP.testing(allowed: [server.authority])
                let request = try OutboundRequest.patient(.get, server.url)
                _ = try await TraceContext.$current.withValue(current) { try await http.send(request) }
            }
        }
        let seen = heads.withLock { $0 }
        let header = try #require(seen.first?.firstMatch(of: /traceparent: (\S+)/)?.1)
        let said = try #require(TraceContext(String(header)))
        #expect(said.traceID == trace.traceID && said.parentID != trace.parentID)
        #expect(seen.count == 2 && seen.last?.contains("traceparent") == false)
    }

    @Test(
        arguments: [
            ("A\r\nB", "1", OutboundHeaderProblem.Kind.name), ("", "1", .name), ("a b", "1", .name), ("ä", "1", .name),
            ("A", "1\r\nB: 2", .value), ("A", "\0", .value), ("A", "é", .value), ("Host", "x", .reserved),
            ("content-length", "1", .reserved), ("Transfer-Encoding", "chunked", .reserved),
            ("Proxy-Authorization", "x", .reserved), ("Accept-Encoding", "gzip", .reserved),
        ] as [(String, String, OutboundHeaderProblem.Kind)])
    func `a header that would change the request is refused`(
        name: String, value: String, kind: OutboundHeaderProblem.Kind
    ) {
        let problem = #expect(throws: OutboundHeaderProblem.self) {
            try OutboundRequest.patient(.get, "https://a.example/", headers: [(name, value)])
        }
        #expect(problem?.kind == kind)
        #expect(problem?.description.contains("\n") == false)
    }

    @Test(
        arguments: [
            OutboundFailure.Reason.url(.host), .address(.loopback), .privateName, .port(22), .unknownName,
            .unreachable("refused"), .untrusted("expired"), .tooSlow(.seconds(1)), .headTooLong(1),
            .unreadable("SSH-2.0"),
            .brokenOff, .redirect(.scheme), .cancelled,
        ] as [OutboundFailure.Reason])
    func `every failure says the same to the outside`(reason: OutboundFailure.Reason) {
        let (failure, other) = (OutboundFailure(reason), OutboundFailure(.plainHTTP))
        #expect("\(failure)" == "\(other)")
        #expect(String(reflecting: failure) == String(reflecting: other))
        #expect("\(reason)" != "\(OutboundFailure.Reason.plainHTTP)")
    }

    @Test func `the log names host and reason, and nothing that may be secret`() async throws {
        let log = LogCollector()
        let http = try OutboundHTTP.testing(log: log)
        let request = try OutboundRequest.patient(
            .post, "https://127.0.0.1/hooks/canary?key=canary", headers: [("Authorization", "canary")],
            body: Array("canary".utf8))
        let reason = await http.failure(of: request)
        #expect(reason == .address(.loopback))
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.contains("host=https://127.0.0.1") == true)
        #expect(log.lines.first?.contains("this machine itself") == true)
        #expect(!log.lines.joined().contains("canary"))
    }

    @Test(arguments: [
        ("127.0.0.1:8025", "127.0.0.1:8025"), ("[::1]:8025", "[::1]:8025"), ("[::1]", "[::1]"),
        ("Hooks.LAN", "hooks.lan"), ("hooks.lan:80", "hooks.lan:80"), ("10.0.0.7", "10.0.0.7"),
    ])
    func `the operator names allowed hosts with a port or without`(text: String, written: String) throws {
        #expect(try AllowedHost(text).description == written)
    }

    @Test(arguments: [
        "", "127.1", "10.0.0.0/8", "me@hooks.lan", "https://hooks.lan", "hooks.lan:", "hooks.lan?", "::1",
    ])
    func `what is no host cannot be allowed`(text: String) {
        #expect(throws: OutboundURLProblem.self) { try AllowedHost(text) }
    }
}
