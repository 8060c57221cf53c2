import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import WaxwingHTTP

/// Who is slow, says nothing or comes too often, on real sockets and with short times.
@Suite struct ConnectionLimitTests {
    /// Patient but for what a test is about: beside hundreds of others nobody else is to be cut off.
    private static func limits(_ change: (inout ConnectionLimits) -> Void) -> ConnectionLimits {
        var limits = ConnectionLimits.patient
        (limits.bodyRate, limits.answerRate) = (100 << 10, 100 << 10)
        change(&limits)
        return limits
    }

    private static let health = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let login = "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"

    /// Sends byte after byte, until nobody takes any.
    private func drip(_ client: ByteClient, _ text: String) async throws {
        for byte in text.utf8 where !client.isClosed {
            try await client.send([byte])
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func `a connection that says nothing is closed without a word`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.head = .seconds(2) }) { api in
            let client = try await ByteClient(port: api.port)
            #expect(try await client.wait { $0.isClosed })
            #expect(client.text.isEmpty)
        }
    }

    @Test func `a head that comes byte by byte is cut off`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.head = .seconds(15) }) { api in
            let client = try await ByteClient(port: api.port, saying: "GET /health HTTP/1.1\r\nX: ")
            try await drip(client, String(repeating: "a", count: 3000))
            #expect(try await client.wait { $0.isClosed })
            #expect(client.statuses == [408])
        }
    }

    @Test func `a connection between requests is closed in time, one in use is not`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.idle = .seconds(15) }) { api in
            let client = try await ByteClient(port: api.port)
            // In all for longer than it may be idle.
            client.say(Self.health, times: 7, every: .seconds(3))
            #expect(try await client.wait { $0.isClosed })
            #expect(client.statuses == Array(repeating: 200, count: 7))
        }
    }

    @Test func `half a request that came in with a whole one is told that it came too slowly`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.idle = .seconds(3) }) { api in
            let halves = ["GET /he", "GET /health HTTP/1.1\r\n", "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nX: "]
            for half in halves {
                let client = try await ByteClient(port: api.port)
                try await client.send(Self.health + Self.health + half)
                #expect(try await client.wait { $0.isClosed }, "\(half)")
                #expect(client.statuses == [200, 200, 408], "\(half)")
            }
        }
        try await TestAPI.run { api in
            let whole = try await ByteClient(port: api.port)
            try await whole.send(Self.health + "GET /he")
            #expect(try await whole.wait { $0.statuses == [200] })
            try await whole.send("alth HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await whole.wait { $0.statuses == [200, 200] })
        }
    }

    @Test func `a body that comes byte by byte is cut off, one that only pauses is not`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.bodyWindow = .seconds(2) }) { api in
            let client = try await ByteClient(port: api.port)
            try await client.send(Self.login + "Content-Length: 60000\r\n\r\n")
            try await drip(client, String(repeating: " ", count: 3000))
            #expect(try await client.wait { $0.isClosed })
            #expect(client.statuses == [408])
        }
        try await TestAPI.run(connections: Self.limits { $0.bodyWindow = .seconds(600) }) { api in
            let other = try await ByteClient(port: api.port)
            try await other.send(Self.login + "Content-Length: 2\r\n\r\n{")
            try await Task.sleep(for: .milliseconds(150))
            try await other.send("}")
            #expect(try await other.wait { $0.statuses == [400] })
        }
    }

    @Test func `who does not read its answers is cut off`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.answerWindow = .seconds(2) }) { api in
            let client = try await ByteClient(port: api.port, reads: false)
            let asked = String(repeating: "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", count: 2000)
            client.pour(Array(asked.utf8))
            // It learns by writing that nobody is there any more.
            #expect(
                try await client.wait {
                    $0.pour(Array("\r\n".utf8))
                    return $0.isGone
                })
        }
    }

    @Test func `one connection too many is told so, and may ask for the server's health`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.connectionsPerAddress = 3 }) { api in
            // One is that of the test's own client, when it has spoken.
            var held: [ByteClient] = []
            for _ in 0..<3 {
                held.append(try await ByteClient(port: api.port))
                try await held.last?.send(Self.health)
                #expect(try await #require(held.last).wait { $0.statuses == [200] })
            }
            let refused = try await ByteClient(port: api.port)
            try await refused.send("GET /api/billing/plans HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await refused.wait { $0.isClosed })
            #expect(refused.statuses == [503] && refused.text.contains("Retry-After: "))
            let monitor = try await ByteClient(port: api.port)
            try await monitor.send(Self.health)
            #expect(try await monitor.wait { $0.statuses == [200] })

            for client in held + [refused, monitor] { client.close() }
            #expect(try await held[0].wait { $0.isGone })
            // The server may see later that they went.
            var status = 503
            let end = ContinuousClock.now + .seconds(600)
            while status == 503, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(20))
                let next = try await ByteClient(port: api.port)
                try await next.send("GET /api/billing/plans HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await next.wait { !$0.statuses.isEmpty })
                status = next.statuses.first ?? 503
                next.close()
            }
            #expect(status == 200)
        }
    }

    @Test func `over its load the server says when to come again, and stays healthy`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.requests = 0 }) { api in
            let answer = try await api.send(.get, "/api/billing/plans")
            #expect(answer.status == .serviceUnavailable && answer.code == "SERVICE_UNAVAILABLE")
            #expect(answer.headers[.named("Retry-After")] != nil)
            #expect(try await api.send(.get, "/api/health").status == .ok)
            #expect(try await api.send(.get, "/health?verbose=1").status == .ok)
            #expect(try await api.send(.get, "/api/ready").status == .ok)
        }
    }

    @Test func `requests that wait for their client are no load`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.requests = 1 }) { api in
            let waiting = try await ByteClient(port: api.port)
            try await waiting.send(Self.login + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try await waiting.wait { $0.statuses == [100] })
            try await waiting.send("{")
            // What came of the body is work, for a moment.
            var served = 0
            let end = ContinuousClock.now + .seconds(300)
            while served < 20, ContinuousClock.now < end {
                served = try await api.send(.get, "/api/billing/plans").status == .ok ? served + 1 : 0
            }
            #expect(served == 20)
            try await waiting.send("}")
            #expect(try await waiting.wait { $0.statuses == [100, 400] })
        }
    }

    @Test(arguments: [
        (true, [100, 400], "reads its body"), (false, [401], "refuses before"),
    ])
    func `a client that waits for leave is asked for the body by a route that reads it`(
        isOpen: Bool, statuses: [Int], why: String
    ) async throws {
        try await TestAPI.run { api in
            let client = try await ByteClient(port: api.port)
            let path = isOpen ? "/api/auth/login" : "/api/upload"
            try await client.send(
                "POST \(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            if isOpen {
                #expect(try await client.wait { $0.statuses == [100] }, "\(why)")
                try await client.send("{}")
            }
            #expect(try await client.wait { $0.statuses == statuses }, "\(why)")
            #expect(try await client.wait { isOpen || $0.isClosed })
        }
    }

    @Test func `an answer given before the body came in reaches a client that is still sending`() async throws {
        try await TestAPI.run { api in
            for _ in 0..<10 {
                let client = try await ByteClient(port: api.port)
                let size = 3 << 20
                try await client.send("POST /api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                for _ in 0..<48 { client.pour([UInt8](repeating: 0, count: size / 48)) }
                #expect(try await client.wait { $0.isClosed })
                #expect(client.statuses == [401])
                client.close()
            }
        }
    }

    @Test func `an unread body is not read for ever`() async throws {
        try await TestAPI.run(connections: Self.limits { $0.linger = .milliseconds(300) }) { api in
            let client = try await ByteClient(port: api.port)
            try await client.send("POST /api/upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("1000\r\n".utf8) + [UInt8](repeating: 0, count: 4096) + Array("\r\n".utf8)
            #expect(
                try await client.wait {
                    $0.pour(chunk)
                    return $0.isGone
                })
            #expect(client.statuses == [401])
        }
    }

    @Test(arguments: [
        ("TRACE / HTTP/1.1", 405, "Allow: "), ("CONNECT a:443 HTTP/1.1", 405, "Allow: "),
        ("HEAD /api/billing/plans HTTP/1.1", 200, "Content-Type: application/json"),
    ])
    func `no method is taken that is for proxies, and HEAD has no body`(
        line: String, status: Int, words: String
    ) async throws {
        try await TestAPI.run { api in
            let client = try await ByteClient(port: api.port)
            try await client.send("\(line)\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            #expect(try await client.wait { $0.isClosed })
            #expect(client.statuses == [status] && client.text.contains(words), "\(client.text)")
            #expect(!line.hasPrefix("HEAD") || client.text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test(.timeLimit(.minutes(20))) func `slow clients of every kind keep no good one waiting`() async throws {
        try await TestAPI.run(
            connections: Self.limits { ($0.connectionsPerAddress, $0.head) = (2000, .seconds(20)) }
        ) { api in
            var slow: [ByteClient] = []
            let asked = String(repeating: "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", count: 50)
            for _ in 0..<200 {
                let (head, body) = (try await ByteClient(port: api.port), try await ByteClient(port: api.port))
                let reader = try await ByteClient(port: api.port, reads: false)
                head.pour(Array("GET /health HT".utf8))
                body.pour(Array((Self.login + "Content-Length: 100\r\n\r\n{").utf8))
                reader.pour(Array(asked.utf8))
                slow += [head, body, reader]
            }
            // How long they wait is measured in `Benchmarks/Edge`.
            for _ in 0..<200 {
                let client = try await ByteClient(port: api.port, saying: Self.health)
                #expect(try await client.wait { $0.statuses == [200] })
                client.close()
            }
            #expect(try await slow[0].wait { $0.isClosed })
            for client in slow { client.close() }
        }
    }
}
