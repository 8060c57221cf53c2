import HTTPTypes
import Testing

@testable import WaxwingHTTP

/// What stays open for long, where requests have twenty seconds.
@Suite(.timeLimit(.minutes(20))) struct LongConnectionTests {
    private static var short: ConnectionLimits {
        var limits = ConnectionLimits()
        (limits.head, limits.idle, limits.request) = (.seconds(20), .seconds(20), .seconds(20))
        (limits.bodyWindow, limits.answerWindow, limits.linger) = (.seconds(20), .seconds(20), .milliseconds(500))
        return limits
    }

    @Test func `no limit of requests ends a socket on which little is said`() async throws {
        try await TestAPI.run(connections: Self.short) { api in
            let token = try await api.signUp()
            let client = try await RawClient.webSocket(
                "/api/events", port: api.port, ["Authorization: Bearer \(token)"])
            #expect(try await client.text()?.contains("hello") == true)
            try await Task.sleep(for: .seconds(25))
            try await client.say(#"{"type":"ping"}"#)
            #expect(try await client.text() == #"{"type":"pong"}"#)
            try await client.send(WebSocketClose.normal.frame)
            #expect(try await client.closeCode() == 1000)
        }
    }

    @Test func `no limit of answers ends a stream that has nothing to say`() async throws {
        try await TestAPI.run(connections: Self.short) { api in
            let token = try await api.signUp()
            let client = try await RawClient.connect(to: api.port)
            #expect(try await client.get("/api/events", ["Authorization: Bearer \(token)"]).hasPrefix("HTTP/1.1 200 "))
            #expect(await client.read(until: "hello").hasSuffix("hello"))
            try await Task.sleep(for: .seconds(25))
            // The first connection has been idle for too long.
            let status = try await api.connected { try await $0.upload(Sound.clicks(), token: token).status }
            #expect(status == .accepted)
            #expect(await client.read(until: "job.pending").hasSuffix("job.pending"))
            try await client.abort()
        }
    }
}
