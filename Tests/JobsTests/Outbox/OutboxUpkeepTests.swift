import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

@Suite struct OutboxUpkeepTests {
    @Test func `its schedule has it done every minute, before all messages`() async throws {
        let bench = try await OutboxBench(freshScheduleDatabase())
        let upkeep = OutboxUpkeep(bench.outbox)
        let schedules = Schedules(bench.queue)
        try await schedules.register([upkeep.schedule], by: "test")
        let urgent = try NewMessage(.email(.example), priority: 1_000_000)
        _ = try await bench.database.write { try bench.outbox.add(urgent, in: $0) }
        for _ in 0..<3 {
            bench.clock.advance(by: .seconds(60))
            let turn = try await schedules.claimDue(by: "ada")
            #expect(turn.runs.count == 1)
            let job = try #require(try await bench.claim())
            #expect(job.kind == upkeep.kind)
            try await bench.finish(job, upkeep.run(job))
        }
        #expect(try await bench.deliverNext())
        #expect(bench.provider.sent.items == [urgent.id])
    }

    @Test func `it rescues what is stranded, and forgets what ended long enough ago`() async throws {
        let bench = try await OutboxBench()
        let delivered = try await bench.add()
        try await bench.deliverNext()
        let dead = try await bench.add()
        bench.provider.fail(.final("no such mailbox"))
        try await bench.deliverNext()
        bench.clock.advance(by: .seconds(60))
        let stranded = try await bench.add()
        _ = try await bench.database.write { try $0.execute("DELETE FROM jobs WHERE state = 'ready'") }
        try await run(OutboxUpkeep(bench.outbox, keepingDelivered: .seconds(60)), bench)
        #expect(try await left(bench) == [delivered, dead, stranded])
        bench.clock.advance(by: .milliseconds(1))
        try await run(OutboxUpkeep(bench.outbox, keepingDelivered: .seconds(60)), bench)
        #expect(try await left(bench) == [dead, stranded])
        try await run(OutboxUpkeep(bench.outbox, dead: .seconds(60)), bench)
        #expect(try await left(bench) == [stranded])
        #expect(try await bench.deliverNext())
        #expect(try await bench.state(of: stranded).status == .delivered)
    }

    @Test func `of many it forgets all`() async throws {
        let bench = try await OutboxBench()
        let messages = try (0..<2_500).map { _ in try NewMessage(.sms(.example)) }
        try await bench.database.write { session in
            try bench.outbox.add(messages, in: session)
            try session.execute("UPDATE outbox_messages SET state = 'delivered', ended_at = created_at")
        }
        bench.clock.advance(by: Outbox.usualRetention + .milliseconds(1))
        try await run(OutboxUpkeep(bench.outbox), bench)
        #expect(try await left(bench).isEmpty)
    }

    private func run(_ upkeep: OutboxUpkeep, _ bench: OutboxBench) async throws {
        let job = try NewJob(kind: upkeep.kind, payload: [String: String](), queue: "outbox", priority: .max)
        _ = try await bench.database.write { try bench.queue.enqueue(job, in: $0) }
        let claimed = try #require(try await bench.claim())
        #expect(claimed.kind == upkeep.kind)
        try await bench.finish(claimed, upkeep.run(claimed))
    }

    private func left(_ bench: OutboxBench) async throws -> Set<MessageID> {
        Set(try await bench.database.read { try bench.outbox.list(in: $0) }.items.map(\.id))
    }
}
