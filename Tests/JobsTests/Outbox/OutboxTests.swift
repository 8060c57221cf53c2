import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

@Suite struct OutboxAddTests {
    @Test func `a message waits with its job, from the transaction that adds it`() async throws {
        let bench = try await OutboxBench()
        let owner = AccountID.random()
        let content = MessageContent.sms(try .example)
        let id = try await bench.add(content, owner: owner, key: "gig/17")
        let message = try await bench.message(id)
        #expect(message.content == content)
        #expect((message.owner, message.idempotencyKey) == (owner, "gig/17"))
        #expect(message.course == MessageCourse(.pending(at: bench.clock.now())))
        #expect((message.createdAt, message.deliveredAt) == (bench.clock.now(), nil))
        let job = try #require(try await bench.claim())
        #expect((job.id, job.kind, job.owner) == (message.job, MessageDelivery.kind, nil))
    }

    @Test func `a message is added with what it tells, or not at all`() async throws {
        let bench = try await OutboxBench()
        let message = try NewMessage(.email(.example), idempotencyKey: "booking/17")
        await #expect(throws: Undo.self) {
            try await bench.database.write { session in
                try bench.outbox.add(message, in: session)
                throw Undo()
            }
        }
        for table in ["outbox_messages", "outbox_attempts", "jobs"] as [StaticString] {
            #expect(try await bench.count(table) == 0)
        }
        #expect(try await bench.add(key: "booking/17") != message.id)
    }

    @Test func `the same key adds once for each owner and kind`() async throws {
        let bench = try await OutboxBench()
        let (ada, grace) = (AccountID.random(), AccountID.random())
        let first = try await bench.add(owner: ada, key: "k")
        #expect(try await bench.add(owner: ada, key: "k") == first)
        let others = try await [
            bench.add(.sms(.example), owner: ada, key: "k"), bench.add(owner: grace, key: "k"), bench.add(key: "k"),
            bench.add(owner: ada, key: "k2"),
            bench.add(owner: ada), bench.add(owner: ada),
        ]
        #expect(Set(others + [first]).count == 7)
        #expect(try await bench.count("jobs") == 7)
    }

    @Test(arguments: ["k", "job.completed/17/endpoint", "/", "//k/"])
    func `a key is told as it was given`(key: String) async throws {
        let bench = try await OutboxBench()
        for owner in [nil, AccountID.random()] {
            let id = try await bench.add(owner: owner, key: key)
            #expect(try await bench.message(id).idempotencyKey == key)
        }
    }

    @Test func `the same key, 64 times at once, adds one`() async throws {
        let bench = try await OutboxBench()
        let ids = try await withThrowingTaskGroup(of: MessageID.self) { group in
            for _ in 0..<64 { group.addTask { try await bench.add(key: "job.completed/17") } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await bench.count("outbox_messages") == 1)
        #expect(try await bench.count("jobs") == 1)
    }

    @Test func `many are added with a few statements, those that are there already only named`() async throws {
        let bench = try await OutboxBench()
        let known = try await bench.add(.sms(.example), key: "7")
        let messages = try (0..<250).map { try NewMessage(.sms(.example), idempotencyKey: "\($0 % 200)") }
        let ids = try await bench.database.write { try bench.outbox.add(messages, in: $0) }
        #expect(ids.count == 250)
        #expect(ids[7] == known)
        #expect(ids[207] == known)
        #expect(ids[0] == messages[0].id)
        #expect(Array(ids[200...]) == Array(ids[..<50]))
        #expect(try await bench.count("outbox_messages") == 200)
        #expect(try await bench.count("jobs") == 200)
        let none = try await bench.database.write { try bench.outbox.add([], in: $0) }
        #expect(none.isEmpty)
    }

    @Test func `a message that was scheduled is not sent before`() async throws {
        let bench = try await OutboxBench()
        let time = bench.clock.now() + .seconds(3_600)
        let id = try await bench.add(sendAt: time)
        #expect(try await bench.state(of: id) == .pending(at: time))
        bench.clock.advance(by: .seconds(3_600) - .milliseconds(1))
        #expect(try await bench.deliverNext() == false)
        bench.clock.advance(by: .milliseconds(1))
        #expect(try await bench.deliverNext())
        #expect(try await bench.state(of: id) == .delivered(at: time))
    }

    @Test func `the more urgent goes first, in every attempt`() async throws {
        let bench = try await OutboxBench()
        let (news, booking) = (try NewMessage(.email(.example)), try NewMessage(.email(.example), priority: 5))
        _ = try await bench.database.write { try bench.outbox.add([news, booking], in: $0) }
        bench.provider.fail(.passing("no answer"), .passing("no answer"))
        try await bench.deliverNext()
        try await bench.deliverNext()
        bench.clock.advance(by: .seconds(1))
        try await bench.deliverNext()
        #expect(bench.provider.sent.items == [booking.id, news.id, booking.id])
    }
}

@Suite struct OutboxReadTests {
    @Test func `an owner sees only its own`() async throws {
        let bench = try await OutboxBench()
        let (ada, grace) = (AccountID.random(), AccountID.random())
        let id = try await bench.add(owner: ada)
        let (own, foreign, none) = try await bench.database.read { session in
            (
                try bench.outbox.find(id, of: ada, in: session), try bench.outbox.find(id, of: grace, in: session),
                try bench.outbox.find(.random(), in: session)
            )
        }
        #expect(own?.id == id)
        #expect(foreign == nil)
        #expect(none == nil)
    }

    @Test(arguments: [1, 2, 7])
    func `lists come newest first, page by page, by owner, kind and state`(limit: Int) async throws {
        let bench = try await OutboxBench()
        let ada = AccountID.random()
        var all: [OutgoingMessage] = []
        for number in 0..<18 {
            let content: MessageContent =
                switch number % 3 {
                case 0: .webhook(try .example)
                case 1: .email(try .example)
                default: .sms(try .example)
                }
            if number % 6 == 5 { bench.provider.fail(.final("no such number")) }
            let id = try await bench.add(content, owner: number.isMultiple(of: 2) ? ada : nil)
            if number % 4 != 0 { try await bench.deliverNext() }
            all.append(try await bench.message(id))
            bench.clock.advance(by: .milliseconds(number % 2))
        }
        all = try await all.map(\.id).mapInOrder { try await bench.message($0) }
        all.sort { ($1.createdAt, $1.id.text) < ($0.createdAt, $0.id.text) }
        for owner in [nil, ada] {
            for kind in [nil] + MessageKind.allCases.map(Optional.some) {
                for status in [nil] + MessageStatus.allCases.map(Optional.some) {
                    let filter = MessageFilter(owner: owner, kind: kind, status: status)
                    let expected = all.filter { message in
                        (owner == nil || message.owner == owner) && (kind == nil || message.kind == kind)
                            && (status == nil || message.course.state.status == status)
                    }
                    #expect(try await listed(filter, by: limit, bench) == expected.map(\.id))
                }
            }
        }
        let counts = try await bench.database.read { try bench.outbox.counts(in: $0) }
        #expect(counts.map(\.count).reduce(0, +) == 18)
        for count in counts {
            let same = all.count { $0.kind == count.kind && $0.course.state.status == count.status }
            #expect(count.count == same)
        }
        let open = try await bench.database.read { try bench.outbox.counts(of: [.pending, .dead], in: $0) }
        #expect(open == counts.filter { $0.status != .delivered })
    }

    @Test func `a message that cannot be read is shown as such, and waits for a program that can`() async throws {
        let bench = try await OutboxBench()
        let (id, other) = (try await bench.add(), try await bench.add())
        _ = try await bench.database.write {
            try $0.execute("UPDATE outbox_messages SET content = '{\"by\":\"tomorrow\"}' WHERE id = \(id)")
        }
        while try await bench.deliverNext() {}
        let all = try await bench.database.read { try bench.outbox.list(in: $0) }.items
        #expect(Set(all.map(\.id)) == [id, other])
        let message = try await bench.message(id)
        #expect((message.content, message.kind, message.course.state.status) == (nil, .email, .pending))
        #expect(message.reason == "the message cannot be read by this program: run the newest, or mend the row")
        #expect(bench.provider.sent.items == [other])
    }

    @Test func `failures are counted by kind within a window`() async throws {
        let bench = try await OutboxBench()
        try await bench.add(.email(.example))
        bench.provider.fail(.passing("no answer"))
        try await bench.deliverNext()
        bench.clock.advance(by: .seconds(3_600))
        let since = bench.clock.now()
        try await bench.deliverNext()
        try await bench.add(.sms(.example))
        bench.provider.fail(.passing("no answer"), .final("no such number"))
        try await bench.deliverNext()
        bench.clock.advance(by: .seconds(1))
        try await bench.deliverNext()
        let (late, all) = try await bench.database.read { session in
            (
                try bench.outbox.failures(since: since, in: session),
                try bench.outbox.failures(since: since - .seconds(3_600), in: session)
            )
        }
        let texts = MessageFailures(kind: .sms, attempts: 2, messages: 1, dead: 1)
        #expect(late == [texts])
        #expect(all == [MessageFailures(kind: .email, attempts: 1, messages: 1, dead: 0), texts])
    }

    private func listed(_ filter: MessageFilter, by limit: Int, _ bench: OutboxBench) async throws -> [MessageID] {
        var (ids, after) = ([MessageID](), PageCursor?.none)
        repeat {
            let page = PageRequest(limit: limit, after: after)
            let part = try await bench.database.read { try bench.outbox.list(filter, page, in: $0) }
            ids += part.items.map(\.id)
            after = part.next
        } while after != nil
        return ids
    }
}

@Suite struct OutboxCareTests {
    private let once: [MessageKind: DeliverySchedule] = [.email: DeliverySchedule(waits: [])]

    @Test func `what was given up can be replayed, with all its attempts and the same id`() async throws {
        let bench = try await OutboxBench(schedules: [.email: DeliverySchedule(waits: [.seconds(1)])])
        let id = try await bench.add()
        bench.provider.fail(.passing("a"), .passing("b"), .passing("c"))
        for _ in 0..<2 {
            try await bench.deliverNext()
            bench.clock.advance(by: .seconds(1))
        }
        #expect(try await bench.state(of: id).status == .dead)
        _ = try await bench.database.write { try bench.outbox.replay(id, in: $0) }
        #expect(try await bench.message(id).reason == nil)
        for _ in 0..<2 {
            try await bench.deliverNext()
            bench.clock.advance(by: .seconds(1))
        }
        #expect(try await bench.state(of: id).status == .delivered)
        #expect(bench.provider.sent.items == [id, id, id, id])
        let history = try await bench.history(of: id)
        #expect(history.map(\.outcome) == [.failed, .dead, .failed, .delivered])
        #expect(history.map(\.reason) == ["a", "b", "c", nil])
        #expect(try await bench.claim() == nil)
        #expect(bench.ends.items == [id, id])
    }

    @Test func `only what was given up can be replayed`() async throws {
        let bench = try await OutboxBench()
        let (id, unknown) = (try await bench.add(), MessageID.random())
        await #expect(throws: OutboxError.notDead(id)) {
            try await bench.database.write { try bench.outbox.replay(id, in: $0) }
        }
        try await bench.deliverNext()
        await #expect(throws: OutboxError.notDead(id)) {
            try await bench.database.write { try bench.outbox.replay(id, in: $0) }
        }
        await #expect(throws: OutboxError.notFound(unknown)) {
            try await bench.database.write { try bench.outbox.replay(unknown, in: $0) }
        }
        #expect(try await bench.claim() == nil)
    }

    @Test func `what an outage left is replayed together, some at a time`() async throws {
        let bench = try await OutboxBench(schedules: once)
        func fail(_ count: Int) async throws {
            for _ in 0..<count {
                try await bench.add()
                bench.provider.fail(.passing("no answer"))
                try await bench.deliverNext()
            }
        }
        try await fail(2)
        bench.clock.advance(by: .seconds(60))
        let outage = bench.clock.now()
        try await fail(5)
        func replay(_ kind: MessageKind?) async throws -> Int {
            try await bench.database.write { try bench.outbox.replayDead(kind, since: outage, limit: 3, in: $0) }
        }
        #expect(try await replay(.sms) == 0)
        #expect(try await replay(.email) == 3)
        #expect(try await replay(nil) == 2)
        #expect(try await replay(nil) == 0)
        while try await bench.deliverNext() {}
        let dead = try await bench.database.read { try bench.outbox.list(MessageFilter(status: .dead), in: $0) }
        #expect(dead.items.count == 2)
    }

    @Test func `delivered messages go after a while, with their attempts and keys; others stay`() async throws {
        let bench = try await OutboxBench(schedules: once)
        let old = try await bench.add(key: "old")
        try await bench.deliverNext()
        let dead = try await bench.add()
        bench.provider.fail(.passing("no answer"))
        try await bench.deliverNext()
        bench.clock.advance(by: Outbox.usualRetention)
        let waiting = try await bench.add(sendAt: bench.clock.now() + .seconds(9))
        let new = try await bench.add()
        try await bench.deliverNext()
        let moment = bench.clock.now()
        #expect(try await prune(moment, bench) == 1)
        #expect(try await prune(moment, bench) == 0)
        let left = try await bench.database.read { try bench.outbox.list(in: $0) }.items.map(\.id)
        #expect(Set(left) == [dead, waiting, new])
        #expect(try await bench.count("outbox_attempts") == 2)
        #expect(try await bench.add(key: "old") != old)
    }

    @Test func `what was given up goes when that is asked for, of all kinds and no more than so many`() async throws {
        let bench = try await OutboxBench()
        for content in try [.email(.example), .sms(.example), .sms(.example), .webhook(.example)] as [MessageContent] {
            try await bench.add(content)
            bench.provider.fail(.final("no such reader"))
            try await bench.deliverNext()
        }
        let delivered = try await bench.add()
        try await bench.deliverNext()
        bench.clock.advance(by: .seconds(1))
        func prune() async throws -> Int {
            try await bench.database.write {
                try bench.outbox.prune(endedBefore: bench.clock.now(), dead: true, limit: 3, in: $0)
            }
        }
        #expect(try await prune() == 3)
        #expect(try await prune() == 1)
        #expect(try await prune() == 0)
        let left = try await bench.database.read { try bench.outbox.list(in: $0) }.items.map(\.id)
        #expect(left == [delivered])
        #expect(try await bench.count("outbox_attempts") == 1)
    }

    @Test func `pruning takes the oldest first, and no more than asked for`() async throws {
        let bench = try await OutboxBench()
        var ids: [MessageID] = []
        for _ in 0..<5 {
            ids.append(try await bench.add())
            try await bench.deliverNext()
            bench.clock.advance(by: .seconds(1))
        }
        let moment = bench.clock.now()
        let pruned = try await bench.database.write {
            try bench.outbox.prune(endedBefore: moment, limit: 3, in: $0)
        }
        #expect(pruned == 3)
        let left = try await bench.database.read { try bench.outbox.list(in: $0) }
        #expect(left.items.map(\.id) == [ids[4], ids[3]])
    }

    @Test func `of more messages than are looked at at once, all that are stranded are found`() async throws {
        let bench = try await OutboxBench()
        let messages = try (0..<2_500).map { _ in try NewMessage(.sms(.example)) }
        let lost = Set(messages.indices.filter { $0.isMultiple(of: 10) }.map { messages[$0].id })
        try await bench.database.write { session in
            try bench.outbox.add(messages, in: session)
            let sorted = lost.sorted { $0.text < $1.text }
            try session.execute(
                "DELETE FROM jobs WHERE id IN (SELECT job_id FROM outbox_messages WHERE id IN (\(list: sorted)))")
        }
        #expect(try await bench.rescue() == 250)
        #expect(try await bench.rescue() == 0)
        let jobs = try await bench.count("jobs")
        #expect(jobs == 2_500)
    }

    @Test func `several that rescue at once give a message one delivery`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        _ = try await bench.database.write { try $0.execute("DELETE FROM jobs") }
        let rescued = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await bench.rescue() } }
            return try await group.reduce(0, +)
        }
        #expect(rescued == 1)
        #expect(try await bench.message(id).course.token == 2)
        #expect(try await bench.count("jobs") == 1)
    }

    @Test func `a message whose job is gone gets another, and spends no attempt`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        #expect(try await bench.rescue() == 0)
        let job = try await bench.message(id).job
        _ = try await bench.database.write { try $0.execute("DELETE FROM jobs WHERE id = \(job)") }
        #expect(try await bench.rescue() == 1)
        #expect(try await bench.rescue() == 0)
        try await bench.deliverNext()
        let course = try await bench.message(id).course
        #expect((course.state.status, course.attempts, course.token) == (.delivered, 1, 2))
    }

    @Test func `a message whose job was given up by a worker that does not know it gets another`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        let job = try #require(try await bench.claim())
        _ = try await bench.database.write { session in
            try bench.queue.apply(.failedForGood(token: job.token, reason: "unknown"), to: job.id, in: session)
        }
        #expect(try await bench.rescue() == 1)
        try await bench.deliverNext()
        #expect(try await bench.state(of: id).status == .delivered)
    }

    @Test func `a message whose waiting job is cancelled is given up, and can be replayed`() async throws {
        let bench = try await OutboxBench()
        let id = try await bench.add()
        let job = try await bench.message(id).job
        _ = try await bench.database.write { try bench.queue.cancel(job, in: $0) }
        #expect(try await bench.rescue() == 1)
        let reason = "its delivery was cancelled"
        #expect(try await bench.state(of: id) == .dead(at: bench.clock.now(), reason: reason))
        #expect(try await bench.history(of: id).map(\.reason) == [reason])
        #expect(bench.provider.sent.items.isEmpty)
        _ = try await bench.database.write { try bench.outbox.replay(id, in: $0) }
        try await bench.deliverNext()
        #expect(try await bench.state(of: id).status == .delivered)
    }

    private func prune(_ moment: Timestamp, _ bench: OutboxBench) async throws -> Int {
        try await bench.database.write {
            try bench.outbox.prune(endedBefore: moment - Outbox.usualRetention + .milliseconds(1), in: $0)
        }
    }
}

extension Array {
    fileprivate func mapInOrder<Other>(_ transform: (Element) async throws -> Other) async rethrows -> [Other] {
        var others: [Other] = []
        for element in self { others.append(try await transform(element)) }
        return others
    }
}
