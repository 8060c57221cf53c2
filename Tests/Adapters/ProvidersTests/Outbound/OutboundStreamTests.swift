import Foundation
import Storage
import Synchronization
import Testing

@testable import WaxwingProviders

/// Answers whose body is read as it is wanted.
@Suite struct OutboundStreamTests {
    private static let block = String(repeating: "x", count: 64 << 10)

    private func open(
        _ server: LoopbackServer, limit: Duration = .seconds(600), redirects: Int = 0
    ) async throws -> OutboundStream {
        var request = try OutboundRequest.patient(.get, server.url)
        (request.limits.total, request.redirects) = (limit, redirects)
        return try await OutboundHTTP.testing(allowed: [server.authority]).open(request)
    }

    private func failure(_ work: () async throws -> Void) async -> OutboundFailure.Reason? {
        do {
            try await work()
            return nil
        } catch {
            return (error as? OutboundFailure)?.reason
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-Is: so\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nX-Is: so\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Is: so\r\n\r\nhello world",
    ])
    func `head and body come whole`(answer: String) async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write(answer)
        }) { server in
            let stream = try await open(server)
            #expect(stream.status == 200 && stream.header("x-is") == "so")
            #expect(try await stream.body.collected() == Array("hello world".utf8))
        }
    }

    @Test func `an empty body ends at once, and so does one of no length`() async throws {
        for head in ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"] {
            try await LoopbackServer.answering(head) { server in
                let body = try await open(server).body.collected()
                #expect(body.isEmpty)
            }
        }
    }

    @Test func `who reads slowly is not sent more than the sockets hold`() async throws {
        let written = Mutex(0)
        let total = 512 << 20
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            for _ in 0..<(total / Self.block.utf8.count) {
                try await connection.write(Self.block)
                written.withLock { $0 += Self.block.utf8.count }
            }
        }) { server in
            let stream = try await open(server)
            let body = stream.body.makeAsyncIterator()
            var read = 0
            while read < 4 << 20 { read += try #require(try await body.next()).count }
            // Time for a sender that would not wait to send all of it.
            try await Task.sleep(for: .milliseconds(300))
            #expect(written.withLock { $0 } < 64 << 20)
        }
    }

    @Test func `a long body comes whole, piece by piece`() async throws {
        let blocks = 256
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(blocks * Self.block.utf8.count)\r\n\r\n")
            for _ in 0..<blocks { try await connection.write(Self.block) }
            // A connection that is closed takes along what is not sent yet.
            try await connection.drain()
        }) { server in
            var (read, largest) = (0, 0)
            for try await chunk in try await open(server).body {
                (read, largest) = (read + chunk.count, max(largest, chunk.count))
            }
            #expect(read == blocks * Self.block.utf8.count && largest <= 1 << 20)
        }
    }

    @Test(.enabled(if: TestCertificate.tool != nil, "\(TestCertificate.hint)")) func `over TLS too`() async throws {
        let certificate = try TestCertificate("DNS:sounds.example")
        try await LoopbackServer.run(
            tls: certificate.server(),
            { connection in
                guard try await connection.text(until: "\r\n\r\n") != nil else { return }
                try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(32 * Self.block.utf8.count)\r\n\r\n")
                for _ in 0..<32 { try await connection.write(Self.block) }
                try await connection.drain()
            }
        ) { server in
            let http = try OutboundHTTP.testing(
                allowed: ["sounds.example:\(server.port)"], trust: .systemAnd(file: certificate.file),
                resolver: ScriptedResolver(["sounds.example": [["127.0.0.1"]]]))
            let stream = try await http.open(.patient(.get, "https://sounds.example:\(server.port)/a.wav"))
            #expect(try await stream.body.collected().count == 32 * Self.block.utf8.count)
        }
    }

    @Test func `an answer that breaks off is no whole one`() async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf of it")
        }) { server in
            let stream = try await open(server)
            let reason = await failure { _ = try await stream.body.collected() }
            #expect(reason == .brokenOff)
        }
    }

    @Test func `a body that trickles is given up when the time is over`() async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while true {
                try await connection.write("x")
                try await Task.sleep(for: .milliseconds(10))
            }
        }) { server in
            // On a busy machine the head may be late: then once more, with more time.
            for limit in [2, 20, 200].map(Duration.seconds) {
                var begun: OutboundStream?
                let reason = await failure {
                    begun = try await open(server, limit: limit)
                    _ = try await begun?.body.collected()
                }
                #expect(reason == .tooSlow(limit))
                if begun != nil { return }
            }
            Issue.record("no head came in time")
        }
    }

    @Test func `a head that never comes is given up too`() async throws {
        try await LoopbackServer.run({ try await $0.drain() }) { server in
            let reason = await failure { _ = try await open(server, limit: .seconds(2)) }
            #expect(reason == .tooSlow(.seconds(2)))
        }
    }

    @Test func `who stops reading ends the connection`() async throws {
        let ended = Mutex(false)
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nsome")
            try await connection.drain()
            ended.withLock { $0 = true }
        }) { server in
            do {
                let stream = try await open(server)
                #expect(stream.status == 200)
            }
            while !ended.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test func `who is cancelled while waiting for more ends the connection`() async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nsome")
            try await connection.drain()
        }) { server in
            let stream = try await open(server)
            let reading = Task { try await stream.body.collected() }
            try await Task.sleep(for: .milliseconds(20))
            reading.cancel()
            let result = await reading.result
            #expect(throws: (any Error).self) { try result.get() }
        }
    }

    @Test func `redirects are judged anew`() async throws {
        try await LoopbackServer.run({ connection in
            guard let head = try await connection.text(until: "\r\n\r\n") else { return }
            let answer =
                head.contains("GET /b ")
                ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
                : "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
            try await connection.write(answer)
        }) { server in
            let stream = try await open(server, redirects: 1)
            #expect(try await stream.body.collected() == Array("hi".utf8) && stream.url.target == "/b")
            let reason = try await open(server).status
            #expect(reason == 302)
        }
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\n\r\n")
        }) { server in
            let reason = await failure { _ = try await open(server, redirects: 3) }
            #expect(reason == .plainHTTP)
        }
    }

    @Test func `endless heads and trailers are given up here as well`() async throws {
        try await LoopbackServer.run({ connection in
            guard try await connection.text(until: "\r\n\r\n") != nil else { return }
            try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
            for _ in 0..<(1 << 12) { try await connection.write("X: \(Self.block)\r\n") }
        }) { server in
            let reason = await failure { _ = try await open(server).body.collected() }
            switch reason {
            case .headTooLong, .unreadable: break
            default: Issue.record("\(reason.map { "\($0)" } ?? "a whole answer")")
            }
        }
    }
}
