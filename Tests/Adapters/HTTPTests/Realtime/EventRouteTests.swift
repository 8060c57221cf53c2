import Auth
import Billing
import Foundation
import HTTPTypes
import LogTestKit
import Storage
import Synchronization
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite(.timeLimit(.minutes(20))) struct EventRouteTests {
    private let quick = EventPace(look: .milliseconds(10), check: .milliseconds(20))

    @Test func `an event stream begins with where it is, and tells what happens`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let client = try await RawClient.connect(to: api.port)
            let head = try await client.get("/api/events", ["Authorization: Bearer \(token)"])
            #expect(head.hasPrefix("HTTP/1.1 200 "))
            let fields = head.lowercased()
            #expect(fields.contains("content-type: text/event-stream; charset=utf-8\r\n"))
            #expect(fields.contains("cache-control: no-store\r\n") && fields.contains("x-request-id: "))
            let hello = await client.read(until: "\n\n\r\n") + (await client.read(until: "\n\n\r\n"))
            #expect(
                hello.contains("retry: 2000\n\n") && hello.contains("id: 0\nevent: hello\ndata: {\"latest\":0}\n\n"))
            #expect(try await api.upload(Sound.clicks(), token: token).status == .accepted)
            let first = await client.read(until: "\n\n\r\n")
            #expect(first.contains("id: 1\nevent: job.pending\ndata: {"))
            try await client.abort()
        }
    }

    @Test(arguments: [
        ["Last-Event-ID: 1"], ["Last-Event-ID: 1", "?after=0"], ["?after=1"], ["Last-Event-ID:", "?after=1"],
    ])
    func `it goes on after the event that was seen last, by header before query`(_ told: [String]) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for _ in 1...3 { _ = try await api.upload(Sound.clicks(seconds: 1), token: token) }
            let client = try await RawClient.connect(to: api.port)
            let query = told.first { $0.hasPrefix("?") } ?? ""
            _ = try await client.get(
                "/api/events\(query)", ["Authorization: Bearer \(token)"] + told.filter { !$0.hasPrefix("?") })
            let text = await client.read(until: "id: 3\n")
            #expect(text.contains("id: 1\nevent: hello") && text.contains("id: 2\nevent: job.pending"))
            #expect(text.ranges(of: "job.pending").count == 1)
            try await client.abort()
        }
    }

    @Test(arguments: ["-1", "1.5", "x", "9223372036854775808", "%00"])
    func `what is no event's number is refused`(_ after: String) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answer = try await api.send(.get, "/api/events?after=\(after)", token: token)
            #expect(answer.status == .badRequest && answer.error["field"] as? String == "after")
        }
    }

    @Test func `who is nobody hears nothing, nor who may not`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            #expect(try await api.send(.get, "/api/events").status == .unauthorized)
            let key = try await api.send(
                .post, "/api/auth/keys", token: token, #"{"name": "narrow", "scopes": ["library:read"]}"#)
            let secret = try #require(key.data["key"] as? String)
            let answer = try await api.send(.get, "/api/events", headers: [.apiKey: secret])
            #expect(answer.status == .forbidden)
            let client = try await RawClient.connect(to: api.port)
            let head = try await client.get("/api/events", RawClient.upgrade)
            #expect(head.hasPrefix("HTTP/1.1 401 "))
        }
    }

    @Test func `a socket on the same path tells the same, and answers a ping`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            _ = try await api.upload(Sound.clicks(seconds: 1), token: token)
            let client = try await RawClient.webSocket(
                "/api/events?after=0", port: api.port, ["Authorization: Bearer \(token)"])
            #expect(try await client.text() == #"{"id":0,"type":"hello","data":{"latest":1}}"#)
            #expect(try await client.text()?.hasPrefix(#"{"id":1,"type":"job.pending","data":{"#) == true)
            try await client.say(#"{"type":"ping"}"#)
            #expect(try await client.text() == #"{"type":"pong"}"#)
            for strange in ["", "[]", "not JSON", #"{"type":7}"#, #"{"type":"later"}"#] {
                try await client.say(strange)
            }
            await api.runJobs()
            var heard: [String] = []
            while let text = try await client.text() {
                heard.append(text)
                if text.contains("job.completed") { break }
            }
            #expect(heard.count == 5 && heard[3].contains(#""type":"sample.added""#))
            #expect(heard[1].contains(#""note":"analysing","progress":0.2"#))
            try await client.send(WebSocketClose.normal.frame)
            #expect(try await client.closeCode() == 1000)
        }
    }

    @Test func `streams and sockets share ten places, which are free again when they close`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let bearer = ["Authorization: Bearer \(token)"]
            var clients: [RawClient] = []
            for number in 1...10 {
                if number.isMultiple(of: 2) {
                    clients.append(try await RawClient.webSocket("/api/events", port: api.port, bearer))
                } else {
                    clients.append(try await RawClient.connect(to: api.port))
                    #expect(try await clients[number - 1].get("/api/events", bearer).hasPrefix("HTTP/1.1 200 "))
                }
            }
            for fields in [bearer, bearer + RawClient.upgrade] {
                let head = try await RawClient.connect(to: api.port).get("/api/events", fields)
                #expect(head.hasPrefix("HTTP/1.1 429 ") && head.lowercased().contains("retry-after: "))
            }
            #expect(try await api.send(.head, "/api/events", token: token).status == .tooManyRequests)
            try await clients[0].abort()
            try await clients[1].abort()
            // Closed connections are noticed as soon as the system tells.
            var head = ""
            repeat {
                let next = try await RawClient.connect(to: api.port)
                head = try await next.get("/api/events", bearer)
                // Connections are counted, too.
                try await next.abort()
            } while head.hasPrefix("HTTP/1.1 429 ")
            #expect(head.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `asking for the head alone takes no place`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for _ in 1...12 { #expect(try await api.send(.head, "/api/events", token: token).status == .ok) }
        }
    }

    @Test func `who signs out hears nothing more`() async throws {
        try await TestAPI.run(pace: quick) { api in
            let token = try await api.signUp()
            let bearer = ["Authorization: Bearer \(token)"]
            let stream = try await RawClient.connect(to: api.port)
            _ = try await stream.get("/api/events", bearer)
            let socket = try await RawClient.webSocket("/api/events", port: api.port, bearer)
            #expect(try await api.send(.post, "/api/auth/logout", token: token).status.kind == .successful)
            #expect(await stream.read(until: "0\r\n\r\n").hasSuffix("0\r\n\r\n"))
            #expect(try await socket.closeCode() == 1008)
        }
    }

    @Test func `silence is a comment now and then`() async throws {
        let pace = EventPace(check: .milliseconds(10), heartbeat: .milliseconds(10))
        try await TestAPI.run(pace: pace) { api in
            let token = try await api.signUp()
            let client = try await RawClient.connect(to: api.port)
            _ = try await client.get("/api/events", ["Authorization: Bearer \(token)"])
            for _ in 1...3 { #expect(await client.read(until: "\r\n:\n\n\r\n").hasSuffix(":\n\n\r\n")) }
            try await client.abort()
        }
    }

    @Test func `with a cookie only a page of this service may listen`() async throws {
        try await TestAPI.run { api in
            _ = try await api.signUp()
            let cookie = ["Cookie: \(try await api.signInBrowser())"]
            let own = "Origin: http://localhost"
            let cases: [(fields: [String], socket: String, stream: String)] = [
                ([own], "101", "200"), (["Origin: https://evil.example"], "403", "403"), ([], "403", "200"),
                (["Origin: null"], "403", "403"), ([own, "Sec-Fetch-Site: cross-site"], "403", "403"),
            ]
            for (fields, socket, stream) in cases {
                let one = try await RawClient.connect(to: api.port)
                let head = try await one.get("/api/events", RawClient.upgrade + cookie + fields)
                #expect(head.hasPrefix("HTTP/1.1 \(socket) "), "\(fields) \(head)")
                let other = try await RawClient.connect(to: api.port)
                #expect(
                    try await other.get("/api/events", cookie + fields).hasPrefix("HTTP/1.1 \(stream) "), "\(fields)")
                // Those that were refused are closed already.
                try? await one.abort()
                try? await other.abort()
            }
        }
    }

    @Test func `a stream is one line of the log, when it ends, and its length is no latency`() async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger, pace: quick) { api in
            let token = try await api.signUp()
            let client = try await RawClient.connect(to: api.port)
            _ = try await client.get("/api/events", ["Authorization: Bearer \(token)"])
            _ = await client.read(until: "hello")
            try await Task.sleep(for: .milliseconds(150))
            let lines = { log.lines.filter { $0.contains("path=/api/events") } }
            #expect(lines().isEmpty)
            _ = try await api.send(.post, "/api/auth/logout", token: token)
            _ = await client.read(until: "0\r\n\r\n")
            while lines().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            #expect(lines().count == 1)
            let duration = try #require(lines()[0].firstMatch(of: /duration=([0-9.]+)/).flatMap { Double($0.1) })
            #expect(duration >= 150 && lines()[0].contains("status=200") && lines()[0].contains("user="))
            let metrics = try await api.send(.get, "/api/metrics").text
            let sum = try #require(
                metrics.firstMatch(
                    of: /duration_seconds_sum\{method="GET",route="\/api\/events",status="2xx"\} ([0-9.e-]+)/
                ).flatMap { Double($0.1) })
            // What came after the head is in one, and not in the other.
            #expect(sum * 1000 + 100 <= duration)
        }
    }

    @Test func `a stream ends when the server stops`() async throws {
        let listener = Mutex(Task<[String], any Error>?.none)
        let (heard, signal) = AsyncStream<Void>.makeStream()
        try await TestAPI.run { api in
            let (token, port) = (try await api.signUp(), api.port)
            let listening = Task {
                let client = try await RawClient.connect(to: port)
                let head = try await client.get("/api/events", ["Authorization: Bearer \(token)"])
                let hello = await client.read(until: "hello")
                signal.yield()
                // To its end, while the server stops.
                return [head, hello, await client.read(until: "0\r\n\r\n")]
            }
            listener.withLock { $0 = listening }
            for await _ in heard { break }
        }
        let told = try await #require(listener.withLock { $0 }).value
        #expect(told[0].contains(" 200 OK") && told[1].contains("hello") && told[2].hasSuffix("0\r\n\r\n"))
    }
}
