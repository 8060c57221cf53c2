import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import WaxwingService

@Suite struct InterruptedRunTests {
    private let past = IdempotencyKeys.lease

    private func record(_ receipt: String, by ticket: IdempotencyTicket, in desk: KeyDesk) async throws {
        try await desk.database.write { try ticket.record(receipt, in: $0) }
    }

    @Test func `a run that is not heard of for a lease loses its place, not before`() async throws {
        let desk = try await KeyDesk()
        _ = try await desk.ticket()
        desk.clock.advance(by: past - .milliseconds(1))
        await #expect(throws: IdempotencyRefusal.self) { try await desk.claim() }
        desk.clock.advance(by: .milliseconds(1))
        #expect(try await desk.ticket().receipt(as: String.self) == nil)
    }

    @Test func `a run that renews its lease keeps its place`() async throws {
        let desk = try await KeyDesk()
        let ticket = try await desk.ticket()
        for _ in 1...4 {
            desk.clock.advance(by: past / 2)
            try await desk.keys.renew(ticket)
        }
        await #expect(throws: IdempotencyRefusal.self) { try await desk.claim() }
        try await desk.keys.finish(ticket, .created)
        try await desk.keys.renew(ticket)
        #expect(try await desk.replayed() == .created)
    }

    @Test func `while work is done the lease is renewed, and not after`() async throws {
        let beats = Beats()
        let desk = try await KeyDesk { _ in
            try Task.checkCancellation()
            beats.add()
            await Task.yield()
        }
        let ticket = try await desk.ticket()
        desk.clock.advance(by: past)
        let answer = try await desk.keys.renewing(ticket) {
            while beats.count < 3 { await Task.yield() }
            return 7
        }
        #expect(answer == 7)
        await #expect(throws: IdempotencyRefusal.running(retryAfter: .seconds(1))) { try await desk.claim() }
        desk.clock.advance(by: past)
        _ = try await desk.ticket()
    }

    private final class Beats: Sendable {
        private let counted = Mutex(0)

        var count: Int { counted.withLock { $0 } }

        func add() { counted.withLock { $0 += 1 } }
    }

    @Test func `the next run learns what the one before it has done`() async throws {
        let desk = try await KeyDesk()
        try await record("job 1", by: try await desk.ticket(), in: desk)
        desk.clock.advance(by: past)
        #expect(try await desk.ticket().receipt() == "job 1")
        // And so does the one after that, however often they are cut off.
        desk.clock.advance(by: past)
        #expect(try await desk.ticket().receipt() == "job 1")
    }

    @Test func `what a request does elsewhere has one name in all its runs, and in no other request`() async throws {
        let desk = try await KeyDesk()
        let first = try await desk.ticket()
        desk.clock.advance(by: past)
        let next = try await desk.ticket()
        #expect(first.name(of: "checkout") == next.name(of: "checkout"))
        #expect(first.name(of: "checkout") != first.name(of: "portal"))
        #expect(first.name(of: "checkout") != (try await desk.ticket("b")).name(of: "checkout"))
        try await desk.keys.finish(next, .created)
        desk.clock.advance(by: .seconds(24 * 3600))
        #expect(try await desk.ticket().name(of: "checkout") != first.name(of: "checkout"))
    }

    @Test func `a run whose place was taken changes nothing any more`() async throws {
        let desk = try await KeyDesk()
        let slow = try await desk.ticket()
        desk.clock.advance(by: past)
        let next = try await desk.ticket()
        await #expect(throws: IdempotencyRefusal.takenOver) { try await record("late", by: slow, in: desk) }
        await #expect(throws: IdempotencyRefusal.takenOver) { try await desk.keys.note(.init(of: "loop"), for: slow) }
        try await desk.keys.finish(slow, KeptAnswer(status: 500, fields: [], body: []))
        try await desk.keys.abandon(slow)
        try await desk.keys.renew(slow)
        try await record("job 2", by: next, in: desk)
        try await desk.keys.finish(next, .created)
        #expect(try await desk.replayed() == .created)
        await #expect(throws: IdempotencyRefusal.takenOver) { try await record("later", by: slow, in: desk) }
    }

    @Test func `a transaction that leaves no receipt is not kept either`() async throws {
        let desk = try await KeyDesk()
        let slow = try await desk.ticket()
        desk.clock.advance(by: past)
        _ = try await desk.ticket()
        await #expect(throws: IdempotencyRefusal.takenOver) {
            try await desk.database.write { session in
                try session.execute("UPDATE idempotency_keys SET expires_at = 0")
                try slow.record("late", in: session)
            }
        }
        #expect(try await desk.keys.removeExpired() == 0)
    }

    @Test func `after a failure, a repeat answers from the receipt if there is one`() async throws {
        let desk = try await KeyDesk()
        let failure = KeptAnswer(status: 500, fields: [], body: [])
        try await desk.keys.finish(desk.ticket("unknown"), failure)
        #expect(try await desk.replayed("unknown") == failure)
        let ticket = try await desk.ticket("known")
        try await record("job 1", by: ticket, in: desk)
        try await desk.keys.finish(ticket, failure)
        #expect(try await desk.ticket("known").receipt() == "job 1")
    }

    @Test func `a run that gives up leaves its receipt, and its successor at once`() async throws {
        let desk = try await KeyDesk()
        let ticket = try await desk.ticket()
        try await record("job 1", by: ticket, in: desk)
        try await desk.keys.abandon(ticket)
        #expect(try await desk.ticket().receipt() == "job 1")
    }

    @Test func `only the body that was cut off goes on`() async throws {
        let desk = try await KeyDesk()
        let streaming = RequestFingerprint.request(body: nil)
        try await desk.keys.note(.init(of: "loop"), for: desk.ticket(for: streaming))
        desk.clock.advance(by: past)
        let next = try await desk.ticket(for: streaming)
        #expect(next.body == .init(of: "loop"))
        await #expect(throws: IdempotencyRefusal.otherRequest) {
            try await desk.keys.note(.init(of: "kick"), for: next)
        }
        try await desk.keys.abandon(next)
        // What is given up here may have been done there.
        #expect(try await desk.count() == 1)
        let last = try await desk.ticket(for: streaming)
        try await desk.keys.note(.init(of: "loop"), for: last)
        await #expect(throws: IdempotencyRefusal.otherRequest) { try await desk.claim(for: .request(body: "kick")) }
    }
}
