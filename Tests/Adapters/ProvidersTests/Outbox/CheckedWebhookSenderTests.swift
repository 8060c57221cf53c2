import Jobs
import Storage
import StorageTestKit
import Testing

@testable import WaxwingProviders

@Suite struct CheckedWebhookSenderTests {
    private let clock = ManualClock()
    private let known = OneSecret()

    /// An outbox that posts to `server`, which its policy allows.
    private func bench(_ server: LoopbackServer) async throws -> OutboxBench {
        try await bench(OutboundHTTP.testing(allowed: [server.authority]))
    }

    private func bench(_ http: OutboundHTTP) async throws -> OutboxBench {
        let sender = CheckedWebhookSender(http, limit: .seconds(600), clock: clock)
        return try await OutboxBench(MessageSenders(webhooks: sender, webhookSecrets: known), clock: clock)
    }

    private func webhook(_ url: String) throws -> MessageContent {
        .webhook(
            try WebhookMessage(
                to: url, type: "job.completed", occurredAt: clock.now(), data: ["job": "17"], secretName: "endpoint/17")
        )
    }

    @Test func `a row becomes a request that its receiver verifies`() async throws {
        let receiver = WebhookReceiver(
            known.secret, clock: clock, answering: "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        try await receiver.run { server in
            let bench = try await bench(server)
            let id = try await bench.add(webhook("\(server.url)hooks?id=7"))
            try await bench.deliver()
            #expect(try await bench.state(of: id) == .delivered(at: clock.now()))
            let request = try #require(receiver.requests.first)
            #expect(receiver.requests.count == 1)
            #expect(request.verified == .success(id.text))
            #expect(request.target == "POST /hooks?id=7 HTTP/1.1")
            #expect(request.headers["content-type"] == "application/json")
            #expect(
                request.body
                    == #"{"data":{"job":"17"},"timestamp":"2026-01-01T00:00:00.000Z","type":"job.completed"}"#)
        }
    }

    @Test func `a receiver that refuses is asked again after 1, 2 and 4 s, and in the end the reason is kept`()
        async throws
    {
        let receiver = WebhookReceiver(
            known.secret, clock: clock, answering: "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nsorry")
        try await receiver.run { server in
            let bench = try await bench(server)
            let id = try await bench.add(webhook(server.url))
            var waits = DeliverySchedule.usual(for: .webhook).waits
            #expect(waits.prefix(3) == [.seconds(1), .seconds(2), .seconds(4)])
            while !waits.isEmpty {
                #expect(try await bench.deliver())
                let wait = waits.removeFirst()
                bench.clock.advance(by: wait - .milliseconds(1))
                #expect(try await bench.deliver() == false)
                bench.clock.advance(by: .milliseconds(1))
            }
            #expect(try await bench.deliver())
            let reason = "the receiver answered 500: it may take the webhook later"
            #expect(try await bench.state(of: id) == .dead(at: clock.now(), reason: reason))
            let history = try await bench.history(of: id)
            #expect(history.map(\.outcome) == Array(repeating: .failed, count: 14) + [.dead])
            // Signed anew for each attempt, under one id.
            #expect(receiver.requests.count == 15)
            #expect(receiver.requests.allSatisfy { $0.verified == .success(id.text) })
            #expect(Set(receiver.requests.map(\.body)).count == 1)
        }
    }

    @Test func `a receiver says when to come back, or that it wants no more`() async throws {
        let receiver = WebhookReceiver(
            known.secret, clock: clock,
            answering: "HTTP/1.1 503 Busy\r\nRetry-After: 90\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 429 Busy\r\nRetry-After: Thu, 01 Jan 2026 00:02:30 GMT\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 307 Elsewhere\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
        try await receiver.run { server in
            let bench = try await bench(server)
            let id = try await bench.add(webhook(server.url))
            for wait in [90, 60, 4] {
                try await bench.deliver()
                #expect(try await bench.state(of: id) == .pending(at: clock.now() + .seconds(wait)))
                clock.advance(by: .seconds(wait))
            }
            try await bench.deliver()
            let reason = "the receiver answered 410: it wants no more webhooks at this address"
            #expect(try await bench.state(of: id) == .dead(at: clock.now(), reason: reason))
            #expect(receiver.requests.count == 4)
        }
    }

    @Test func `a receiver that takes the webhook and hangs up has it`() async throws {
        let receiver = WebhookReceiver(
            known.secret, clock: clock, answering: "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        try await receiver.run { server in
            let bench = try await bench(server)
            let id = try await bench.add(webhook(server.url))
            try await bench.deliver()
            #expect(try await bench.state(of: id)?.status == .delivered)
        }
    }

    @Test
    func `an address inside is given up at once, one that nobody answers is tried again, and neither is told why`()
        async throws
    {
        // Port 1 is nobody's, and is never given to who asks for any.
        let http = try OutboundHTTP.testing(allowed: ["127.0.0.1:1"])
        let bench = try await bench(http)
        let (inside, away) = try await (
            bench.add(webhook("https://169.254.169.254/latest/")), bench.add(webhook("http://127.0.0.1:1/"))
        )
        try await bench.deliver()
        let sentence = "no answer from that address: it must be a public https address whose server answers in time"
        #expect(try await bench.state(of: inside) == .dead(at: clock.now(), reason: sentence))
        #expect(try await bench.state(of: away) == .pending(at: clock.now() + .seconds(1)))
        #expect(try await bench.history(of: away).map(\.reason) == [sentence])
    }
}
