import LogTestKit
import NIOCore
import Synchronization
import Testing

@testable import WaxwingProviders

/// Servers that answer without end, slowly, or wrongly: memory stays bounded and a typed failure comes.
@Suite struct HostileServerTests {
    private static let kilobyte = String(repeating: "x", count: 1024)

    /// What is said before, and then without end, up to a gigabyte.
    @Test(
        arguments: [
            ("one header without end", "HTTP/1.1 200 OK\r\nX: ", kilobyte),
            ("headers without end", "HTTP/1.1 200 OK\r\n", "X: \(kilobyte)\r\n"),
            ("tiny headers without end", "HTTP/1.1 200 OK\r\n", String(repeating: "a:\r\n", count: 256)),
            ("a status line without end", "HTTP/1.1 200 ", kilobyte),
            ("interim answers without end", "", String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 40)),
            (
                "trailers without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                "X: \(kilobyte)\r\n"
            ),
            (
                "a chunk's extension without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=", kilobyte
            ),
            ("no HTTP at all", "", kilobyte),
        ] as [(String, String, String)])
    func `what never becomes an answer is given up`(name: String, start: String, more: String) async throws {
        let written = Mutex(0)
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write(start)
            for _ in 0..<(1 << 20) {
                try await connection.write(more)
                written.withLock { $0 += more.utf8.count }
            }
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            let reason = try await http.failure(getting: server.url)
            switch reason {
            case .headTooLong, .unreadable: break
            default: Issue.record("\(name): \(reason.map { "\($0)" } ?? "answered")")
            }
        }
        // What the sockets hold, and not the gigabyte.
        #expect(written.withLock { $0 } < 64 << 20)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\n\r\n",
    ])
    func `a body without end is cut at its limit, packed or not`(head: String) async throws {
        let written = Mutex(0)
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write(head)
            for _ in 0..<(1 << 20) {
                try await connection.write(Self.kilobyte)
                written.withLock { $0 += 1024 }
            }
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            var request = try OutboundRequest.patient(.get, server.url)
            request.limits.body = 10_000
            let answer = try await http.send(request)
            #expect(answer.isCut)
            #expect(answer.body == Array(repeating: UInt8(ascii: "x"), count: 10_000))
        }
        #expect(written.withLock { $0 } < 64 << 20)
    }

    @Test func `chunks without end are cut at the limit`() async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<(1 << 20) { try await connection.write("400\r\n\(Self.kilobyte)\r\n") }
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            var request = try OutboundRequest.patient(.get, server.url)
            request.limits.body = 10_000
            let answer = try await http.send(request)
            #expect(answer.isCut && answer.body.count == 10_000)
        }
    }

    @Test(arguments: [
        "", "Content-Length: 1000000\r\n", "Transfer-Encoding: chunked\r\n",
    ])
    func `where only the head matters, the answer is there with it`(header: String) async throws {
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        try await LoopbackServer.run({ connection in
            defer { ended.yield() }
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\n\(header)\r\n")
            try await connection.drain()
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            var request = try OutboundRequest.patient(.post, server.url)
            request.limits.body = 0
            let answer = try await http.send(request)
            #expect((answer.status, answer.body) == (200, []))
            for await _ in ends { break }
        }
    }

    @Test func `a packed body is handed on as it came`() async throws {
        // 10 MB of zeros would unpack from a few kilobytes: nothing here unpacks.
        let packed = "\u{1F}\u{08}bomb"
        let answer =
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.utf8.count)\r\n\r\n\(packed)"
        try await LoopbackServer.answering(answer) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            let answer = try await http.send(OutboundRequest.patient(.get, server.url))
            #expect(answer.body == Array(packed.utf8))
            #expect(answer["content-encoding"] == "gzip")
        }
    }

    @Test func `more than the length that was told is not read`() async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
            for _ in 0..<(1 << 20) { try await connection.write(Self.kilobyte) }
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            let answer = try await http.send(OutboundRequest.patient(.get, server.url))
            #expect(answer.body == Array("0123456789".utf8))
            #expect(!answer.isCut)
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ])
    func `an answer that ends early is broken off`(answer: String) async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write(answer)
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            let reason = try await http.failure(getting: server.url)
            #expect(reason == .brokenOff)
        }
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/9.9 200 OK\r\n\r\n", "\0\0\0\0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nBad Header: 1\r\n\r\n",
    ])
    func `what is not HTTP is not read`(answer: String) async throws {
        try await LoopbackServer.answering(answer) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            let reason = try await http.failure(getting: server.url)
            guard case .unreadable? = reason else {
                Issue.record("\(reason.map { "\($0)" } ?? "answered")")
                return
            }
        }
    }

    @Test func `a body that trickles ends with the time for everything`() async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while true {
                try await connection.write("x")
                try await Task.sleep(for: .milliseconds(5))
            }
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            var request = try OutboundRequest.patient(.get, server.url)
            request.limits.total = .milliseconds(200)
            let reason = await http.failure(of: request)
            #expect(reason == .tooSlow(.milliseconds(200)))
        }
    }

    @Test func `a server that says nothing, and a name server too, end with the time for everything`() async throws {
        try await LoopbackServer.answering("") { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority], resolver: SilentResolver())
            for url in [server.url, "https://hooks.example/"] {
                var request = try OutboundRequest.patient(.get, url)
                request.limits.total = .milliseconds(100)
                let reason = await http.failure(of: request)
                #expect(reason == .tooSlow(.milliseconds(100)))
            }
        }
    }

    @Test func `a cancelled task ends its request, and the connection`() async throws {
        let (asked, signal) = AsyncStream.makeStream(of: Void.self)
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        try await LoopbackServer.run({ connection in
            defer { ended.yield() }
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            signal.yield()
            try await connection.drain()
        }) { server in
            let http = try OutboundHTTP.testing(allowed: [server.authority])
            let url = server.url
            let task = Task { try await http.failure(getting: url) }
            for await _ in asked { break }
            task.cancel()
            let reason = try await task.value
            #expect(reason == .cancelled)
            // The server sees the end of it, without which this would wait for ever.
            for await _ in ends { break }
        }
    }

    @Test func `nobody there is told apart from a refusal, in the log alone`() async throws {
        // Port 1 is nobody's, and is never given to who asks for any.
        let log = LogCollector()
        let http = try OutboundHTTP.testing(allowed: ["127.0.0.1:1"], log: log)
        let reason = try await http.failure(getting: "http://127.0.0.1:1/")
        guard case .unreachable? = reason else {
            Issue.record("\(reason.map { "\($0)" } ?? "answered")")
            return
        }
        #expect(log.lines.first?.contains("no connection") == true)
    }
}
