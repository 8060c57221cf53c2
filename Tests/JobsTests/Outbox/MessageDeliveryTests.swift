import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

@Suite struct MessageDeliveryTests {
    @Test func `a delivered message has its provider's name for it, and its attempt`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        let begun = bench.clock.now()
        let job = try #require(try await bench.claim())
        let effect = try await bench.delivery.run(job)
        bench.clock.advance(by: .seconds(2))
        try await bench.finish(job, effect)
        let message = try await bench.message(id)
        #expect((message.providerID, message.deliveredAt, message.reason) == ("mail-\(id)", begun, nil))
        let attempt = DeliveryAttempt(token: 1, startedAt: begun, endedAt: begun, outcome: .delivered, reason: nil)
        #expect(try await bench.history(of: id) == [attempt])
        #expect(try await bench.claim() == nil)
        #expect(bench.ends.items == [id])
    }

    @Test func `a failed attempt is recorded, and its job succeeds with the next one enqueued`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        bench.provider.fail(.passing("no answer"))
        let job = try #require(try await bench.claim())
        try await bench.finish(job, bench.delivery.run(job))
        #expect(try await bench.database.read { try bench.queue.find(job.id, in: $0) }?.course.state == .succeeded)
        let message = try await bench.message(id)
        #expect(message.course.state == .pending(at: bench.clock.now() + .seconds(1)))
        #expect((message.course.attempts, message.reason) == (1, "no answer"))
        #expect(message.job != job.id)
        let next = try await bench.database.read { try bench.queue.find(message.job, in: $0) }
        #expect(next?.course.state == .scheduled(at: bench.clock.now() + .seconds(1)))
        #expect(bench.ends.items.isEmpty)
    }

    @Test func `a message is tried as the schedule says, and given up with its last reason`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add(.sms(.example))
        let waits = DeliverySchedule.usual(for: .sms).waits
        for attempt in 0...waits.count { bench.provider.fail(.passing("no answer \(attempt)")) }
        for wait in waits {
            #expect(try await bench.deliverNext())
            bench.clock.advance(by: wait - .milliseconds(1))
            #expect(try await bench.deliverNext() == false)
            bench.clock.advance(by: .milliseconds(1))
        }
        #expect(try await bench.deliverNext())
        #expect(try await bench.state(of: id) == .dead(at: bench.clock.now(), reason: "no answer 10"))
        let history = try await bench.history(of: id)
        #expect(history.map(\.outcome) == Array(repeating: .failed, count: 10) + [.dead])
        #expect(history.map(\.reason) == (0...10).map { "no answer \($0)" })
        bench.clock.advance(by: .seconds(30 * 86_400))
        #expect(try await bench.deliverNext() == false)
        #expect(bench.ends.items == [id])
        #expect(bench.provider.sent.items.count == 11)
    }

    @Test(arguments: [nil, 1])
    func `a queue that takes nothing new still takes the next try of what it took`(capacity: Int?) async throws {
        let bench = try await OutboxBench()
        let (id, waiting) = (
            try await bench.add(.webhook(.example)), try await bench.add(sendAt: bench.clock.now() + .seconds(9))
        )
        try await bench.database.write { session in
            guard let capacity else { return try bench.queue.drain("outbox", in: session) }
            try bench.queue.setCapacity(capacity, of: "outbox", in: session)
        }
        bench.provider.fail(.passing("no answer"))
        try await bench.deliverNext()
        #expect(try await bench.state(of: id) == .pending(at: bench.clock.now() + .seconds(1)))
        #expect(try await bench.history(of: id).map(\.outcome) == [.failed])
        #expect(bench.provider.sent.items == [id])
        bench.clock.advance(by: .seconds(1))
        try await bench.deliverNext()
        #expect(try await bench.claim() == nil)
        #expect(bench.provider.sent.items == [id, id])
        #expect(bench.ends.items == [id])
        #expect(try await bench.state(of: waiting).status == .pending)
    }

    @Test func `what throws when it is told of an end is told again, and its message is not sent again`() async throws {
        let (told, reason) = (Log<MessageState>(), "no such mailbox")
        let bench = try await OutboxBench(freshDatabase()) { _, state, _ in
            told.add(state)
            if told.items.count < 3 { throw Undo() }
        }
        bench.provider.fail(.final(reason))
        let dead = try await bench.add()
        try await bench.deliverNext()
        let time = bench.clock.now()
        for wait in [0, 1, 2] {
            bench.clock.advance(by: .seconds(wait))
            #expect(try await bench.claim() == nil)
        }
        #expect(told.items == Array(repeating: .dead(at: time, reason: reason), count: 3))
        #expect(bench.ends.items == [dead])
        let delivered = try await bench.add()
        while try await bench.deliverNext() {}
        #expect(told.items.last == .delivered(at: bench.clock.now()))
        #expect(bench.provider.sent.items == [dead, delivered])
    }

    @Test func `a job that does not say what ended is given up`() async throws {
        let bench = try await OutboxBench()
        let stray = try NewJob(kind: MessageEnded.kind, payload: ["take": 1], queue: "outbox")
        _ = try await bench.database.write { try bench.queue.enqueue(stray, in: $0) }
        await #expect(throws: JobFailure(.final, "the job does not say which message ended")) {
            try await bench.claim()
        }
    }

    @Test func `a provider's wait is kept`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        bench.provider.fail(.later(after: .seconds(90), "too many"))
        try await bench.deliverNext()
        #expect(try await bench.state(of: id) == .pending(at: bench.clock.now() + .seconds(90)))
    }

    @Test func `what cannot pass is given up at once`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        bench.provider.fail(.final("no such mailbox"))
        try await bench.deliverNext()
        #expect(try await bench.state(of: id) == .dead(at: bench.clock.now(), reason: "no such mailbox"))
    }

    @Test func `a kind without a provider waits for one`() async throws {
        let bench = try await OutboxBench()
        let ids = try await [
            bench.add(.webhook(.example)), bench.add(.email(.example)), bench.add(.sms(.example)),
        ]
        let idle = MessageDelivery(bench.outbox, senders: MessageSenders())
        while let job = try await bench.claim() { try await bench.finish(job, idle.run(job)) }
        for id in ids { #expect(try await bench.message(id).reason?.hasSuffix("is set up") == true) }
        bench.clock.advance(by: .seconds(1))
        while try await bench.deliverNext() {}
        for id in ids { #expect(try await bench.state(of: id).status == .delivered) }
    }

    @Test func `after a crash between sending and recording, it is sent again with the same id`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        let job = try #require(try await bench.claim())
        let effect = try await bench.delivery.run(job)
        await #expect(throws: Undo.self) {
            try await bench.database.write { session in
                try effect(session)
                throw Undo()
            }
        }
        #expect(try await bench.state(of: id).status == .pending)
        try await bench.reclaim()
        #expect(try await bench.deliverNext())
        let message = try await bench.message(id)
        #expect((message.course.state.status, message.course.attempts) == (.delivered, 1))
        #expect(bench.provider.sent.items == [id, id])
        #expect(try await bench.history(of: id).count == 1)
    }

    @Test func `a stale worker's end is refused, whatever it was`() async throws {
        for failure in [nil, DeliveryFailure.passing("no answer"), .final("no such mailbox")] {
            let bench = try await OutboxBench()
            let id = try await bench.add()
            if let failure { bench.provider.fail(failure) }
            let stale = try #require(try await bench.claim())
            let effect = try await bench.delivery.run(stale)
            try await bench.reclaim()
            let holder = try #require(try await bench.claim(by: "grace"))
            await #expect(throws: LeaseLost.self) { try await bench.finish(stale, effect) }
            #expect(try await bench.message(id).course == MessageCourse(.pending(at: stale.startedAt ?? .distantPast)))
            try await bench.finish(holder, bench.delivery.run(holder))
            await #expect(throws: OutboxError.stale(id)) { try await bench.finish(stale, effect) }
            #expect(try await bench.history(of: id).map(\.outcome) == [.delivered])
        }
    }

    @Test func `a job that comes after its message went to another does nothing`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        let old = try #require(try await bench.claim())
        _ = try await bench.database.write { session in
            try bench.outbox.apply(.stranded(at: bench.clock.now()), to: id, in: session)
        }
        try await bench.finish(old, bench.delivery.run(old))
        #expect(bench.provider.sent.items.isEmpty)
        #expect(try await bench.deliverNext())
        #expect(bench.provider.sent.items == [id])
    }

    @Test func `a job whose message was pruned does nothing`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        _ = try await bench.database.write { try $0.execute("DELETE FROM outbox_messages WHERE id = \(id)") }
        #expect(try await bench.deliverNext())
        #expect(bench.provider.sent.items.isEmpty)
    }

    @Test func `a job that is given up leaves a message that goes on by its own schedule`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        for _ in 1...bench.queue.policy.lostLeases {
            _ = try #require(try await bench.claim())
            try await bench.reclaim()
        }
        let message = try await bench.message(id)
        #expect(message.course.state == .pending(at: bench.clock.now() + .seconds(1)))
        #expect((message.course.attempts, message.reason) == (1, "its worker vanished 20 times"))
        bench.clock.advance(by: .seconds(1))
        #expect(try await bench.deliverNext())
        #expect(try await bench.state(of: id).status == .delivered)
    }

    @Test func `a job that is given up after its message went to another can still end`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        let old = try #require(try await bench.claim())
        _ = try await bench.database.write { session in
            try bench.outbox.apply(.stranded(at: bench.clock.now()), to: id, in: session)
            let ended = try bench.queue.apply(
                .failedForGood(token: old.token, reason: "unknown"), to: old.id, in: session)
            try bench.delivery.abandoned(ended, in: session)
        }
        #expect(try await bench.message(id).course.attempts == 0)
    }

    @Test func `a sending that a stopping worker breaks off is no failure of the receiver`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        let job = try #require(try await bench.claim())
        let delivery = MessageDelivery(bench.outbox, senders: MessageSenders(mail: StoppedSender()))
        let run = Task { _ = try await delivery.run(job) }
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(try await bench.message(id).course.attempts == 0)
    }

    @Test func `a job that does not say what to deliver is given up`() async throws {
        let bench = try await OutboxBench()
        let stray = try NewJob(kind: MessageDelivery.kind, payload: ["take": 1], queue: "outbox")
        _ = try await bench.database.write { try bench.queue.enqueue(stray, in: $0) }
        let job = try #require(try await bench.claim())
        await #expect(throws: JobFailure(.final, "the job does not say what it is to deliver")) {
            try await bench.delivery.run(job)
        }
    }
}

@Suite struct WebhookDeliveryTests {
    @Test func `a webhook is signed for the time of its attempt, with the same id and bytes in each`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add(.webhook(.example))
        bench.provider.answer(WebhookAnswer(status: 503))
        try await bench.deliverNext()
        bench.clock.advance(by: .seconds(3_600))
        try await bench.deliverNext()
        let requests = bench.provider.requests.items
        #expect(requests.map(\.id) == [id, id])
        let bodies = requests.map { String(decoding: $0.body, as: UTF8.self) }
        let body = try WebhookMessage.example.body
        #expect(bodies == [body, body])
        let verifier = WebhookVerifier(try #require(bench.provider.secrets.first))
        let first = try #require(requests.first)
        let second = try #require(requests.last)
        #expect(try verifier.verify(second.signature, body: second.body, at: bench.clock.now()) == id.text)
        #expect(throws: WebhookRefusal.tooOld) {
            try verifier.verify(first.signature, body: first.body, at: bench.clock.now())
        }
        #expect(
            first.headers.map(\.name) == ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(try await bench.state(of: id).status == .delivered)
    }

    @Test func `a secret that was rotated since signs beside its successor`() async throws {
        let bench = try await OutboxBench()
        let old = bench.provider.secrets
        try await bench.add(.webhook(.example))
        let both = [WebhookSecret.random()] + old
        bench.provider.rotate(both)
        try await bench.deliverNext()
        let request = try #require(bench.provider.requests.items.first)
        for known in both {
            try WebhookVerifier(known).verify(request.signature, body: request.body, at: bench.clock.now())
        }
    }

    @Test func `a receiver without a secret gets nothing`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add(.webhook(.example))
        bench.provider.rotate([])
        try await bench.deliverNext()
        #expect(try await bench.message(id).reason == "there is no secret to sign the webhook with")
        #expect(try await bench.state(of: id).status == .dead)
        #expect(bench.provider.requests.items.isEmpty)
    }

    @Test func `no secret is in any row`() async throws {
        let bench = try await OutboxBench()
        try await bench.add(.webhook(.example))
        bench.provider.answer(WebhookAnswer(status: 500))
        try await bench.deliverNext()
        let rows = try await bench.database.read { session in
            try ["outbox_messages", "outbox_attempts", "jobs"].flatMap { table in
                try session.rows(SQL(stringLiteral: "SELECT * FROM \(table)")).map { "\($0)" }
            }
        }
        #expect(rows.count == 4)
        #expect(!rows.contains { $0.contains("whsec_") })
        let secret = try #require(bench.provider.secrets.first?.text.dropFirst(WebhookSecret.prefix.count))
        #expect(!rows.contains { $0.contains(secret) })
    }

    @Test func `the answer decides: 410 is the end, 429 waits as long as it says`() async throws {
        let bench = try await OutboxBench()
        let (gone, busy) = (try await bench.add(.webhook(.example)), try await bench.add(.webhook(.example)))
        let job = try #require(try await bench.claim())
        let isGoneFirst = try await bench.message(gone).job == job.id
        bench.provider.answer(WebhookAnswer(status: 410), WebhookAnswer(status: 429, retryAfter: .seconds(77)))
        try await bench.finish(job, bench.delivery.run(job))
        try await bench.deliverNext()
        let (first, second) = isGoneFirst ? (gone, busy) : (busy, gone)
        let reason = "the receiver answered 410: it wants no more webhooks at this address"
        #expect(try await bench.state(of: first) == .dead(at: bench.clock.now(), reason: reason))
        #expect(try await bench.state(of: second) == .pending(at: bench.clock.now() + .seconds(77)))
    }
}

/// Is broken off while it sends.
private struct StoppedSender: MailSender {
    func send(_ mail: MailMessage, id: MessageID) async throws(DeliveryFailure) -> String? {
        withUnsafeCurrentTask { $0?.cancel() }
        throw .passing("broken off")
    }
}

extension Timestamp {
    fileprivate static let distantPast = Timestamp(milliseconds: 0)
}
