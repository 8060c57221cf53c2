import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

@Suite struct OutboxPlanTests {
    @Test func `what workers, owners and upkeep ask often reads no whole table, and lists are not sorted`() async throws
    {
        let bench = try await OutboxBench()
        let owner = AccountID.random()
        try await fill(bench, owner)
        let now = bench.clock.now()
        let plans = try await QueryPlan.all(on: bench.database) { database in
            let outbox = Outbox(JobQueue(database, clock: bench.clock))
            let message = try NewMessage(.email(.example), owner: owner, idempotencyKey: "k", priority: 9)
            let again = try NewMessage(.email(.example), owner: owner, idempotencyKey: "k")
            _ = try await database.write { try outbox.add([message, again], in: $0) }
            let job = try #require(try await bench.claim())
            let delivery = MessageDelivery(outbox, senders: bench.provider.senders)
            let effect = try await delivery.run(job)
            try await database.write { try effect($0) }
            let lost = try await bench.add(.sms(.example))
            _ = try await bench.database.write {
                try $0.execute("DELETE FROM jobs WHERE id = (SELECT job_id FROM outbox_messages WHERE id = \(lost))")
            }
            #expect(try await outbox.rescueStranded() > 0)
            try await database.write { session in
                try outbox.prune(endedBefore: Timestamp(milliseconds: 0), in: session)
                try outbox.prune(endedBefore: Timestamp(milliseconds: 0), dead: true, in: session)
                try outbox.replayDead(since: now + .seconds(1), in: session)
            }
            _ = try await database.read { session in
                _ = try outbox.find(message.id, of: owner, in: session)
                _ = try outbox.history(of: message.id, in: session)
                _ = try outbox.list(MessageFilter(owner: owner), PageRequest(limit: 5), in: session)
                _ = try outbox.list(MessageFilter(kind: .sms), PageRequest(limit: 5), in: session)
                _ = try outbox.failures(since: now, in: session)
                _ = try outbox.counts(of: [.pending, .dead], in: session)
            }
        }
        #expect(plans.count >= 24)
        // An engine may call the rows of a VALUES a scan, too.
        for plan in plans {
            #expect(!plan.wholeTables.contains { $0.hasPrefix("outbox") || $0.hasPrefix("job") }, "\(plan)")
        }
        // A page that was found along an index, and a handful of kinds, are sorted at no cost.
        let lists = plans.filter {
            $0.statement.contains("ORDER") && !$0.statement.contains("id IN ($") && !$0.statement.contains("GROUP BY")
        }
        #expect(lists.count >= 11)
        for plan in lists { #expect(plan.sorts.isEmpty, "\(plan)") }
    }

    /// Many messages that are over, and a few of every other kind: always as many, as the engine goes by how many there are.
    private func fill(_ bench: OutboxBench, _ owner: AccountID) async throws {
        let messages = try (0..<3_000).map { number in
            try NewMessage(
                number.isMultiple(of: 10) ? .sms(.example) : .email(.example),
                owner: number.isMultiple(of: 10) ? owner : .random(), idempotencyKey: "\(number)")
        }
        try await bench.database.write { session in
            try bench.outbox.add(messages, in: session)
            try session.execute(
                """
                UPDATE outbox_messages SET ended_at = created_at, created_at = created_at - 1000 * attempts,
                    state = CASE WHEN id IN (SELECT id FROM outbox_messages ORDER BY id LIMIT 40) THEN 'pending'
                        WHEN id IN (SELECT id FROM outbox_messages ORDER BY id LIMIT 80) THEN 'dead'
                        ELSE 'delivered' END
                """)
            try session.execute(
                "UPDATE jobs SET state = 'succeeded' WHERE id NOT IN (SELECT id FROM jobs ORDER BY id LIMIT 40)")
            try session.execute(
                """
                INSERT INTO outbox_attempts (message_id, token, kind, ended_at, outcome)
                SELECT id, 1, kind, created_at, CASE WHEN state = 'delivered' THEN state ELSE 'failed' END
                FROM outbox_messages
                """)
        }
        try await QueueBench.setManyQueues(on: bench.database)
        _ = try await bench.database.write { try QueryPlan.analyze($0) }
    }
}
