import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(30))) struct OutboxWorkerTests {
    @Test func `a worker delivers what is added while it runs, each kind by its provider`() async throws {
        let bench = try await WorkerBench()
        try await bench.database.migrate([OutboxSchema.migrations], at: Timestamp(milliseconds: 0))
        let provider = ScriptedProvider()
        let outbox = Outbox(bench.queue, lane: "default")
        let delivery = MessageDelivery(outbox, senders: provider.senders)
        let contents: [MessageContent] = try [.webhook(.example), .email(.example), .sms(.example)]
        let messages = try contents.map { try NewMessage($0) }
        let ends = try await bench.whileWorking([delivery], slots: 2) {
            _ = try await bench.database.write { try outbox.add(messages, in: $0) }
            return await bench.ends(3)
        }
        #expect(ends == Array(repeating: EndedRun(outcome: "succeeded", status: "completed"), count: 3))
        let delivered = try await bench.database.read { try outbox.list(MessageFilter(status: .delivered), in: $0) }
        #expect(Set(delivered.items.map(\.id)) == Set(messages.map(\.id)))
        #expect(Set(provider.sent.items) == Set(messages.map(\.id)))
    }

    @Test func `a worker tries again what failed, each attempt a job that succeeds`() async throws {
        let bench = try await WorkerBench()
        try await bench.database.migrate([OutboxSchema.migrations], at: Timestamp(milliseconds: 0))
        let provider = ScriptedProvider()
        provider.fail(.passing("no answer"), .passing("no answer"))
        let waits: [Duration] = [.milliseconds(1), .milliseconds(2)]
        let outbox = Outbox(bench.queue, lane: "default", schedules: [.sms: DeliverySchedule(waits: waits)])
        let message = try NewMessage(.sms(.example))
        let delivery = MessageDelivery(outbox, senders: provider.senders)
        let ends = try await bench.whileWorking([delivery]) {
            _ = try await bench.database.write { try outbox.add(message, in: $0) }
            return await bench.ends(3)
        }
        #expect(ends.map(\.outcome) == ["succeeded", "succeeded", "succeeded"])
        let history = try await bench.database.read { try outbox.history(of: message.id, in: $0) }
        #expect(history.map(\.outcome) == [.failed, .failed, .delivered])
    }
}
