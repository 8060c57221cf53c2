import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct OccasionTests {
    private let clock = ManualClock()
    private let keyValues: MemoryKeyValueStore
    private let daily = Occasion(name: "test", interval: .seconds(86_400))

    init() {
        keyValues = MemoryKeyValueStore(clock: clock)
    }

    /// As any of the servers, after any restart: nothing but the store is remembered.
    private func isDue() async throws -> Bool {
        var wasDue = false
        try await daily.attend(keyValues, clock) { wasDue = true }
        return wasDue
    }

    @Test func `work is done at once, and again when its time is over, however often servers restart`() async throws {
        #expect(try await isDue())
        for _ in 0..<23 {
            clock.advance(by: .seconds(3600))
            #expect(try await !isDue())
        }
        clock.advance(by: .seconds(3600))
        #expect(try await isDue())
        #expect(try await !isDue())
    }

    @Test func `only one of the servers does it`() async throws {
        let done = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { try await isDue() } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == 1)
    }

    @Test func `what failed is tried again sooner`() async throws {
        await #expect(throws: DatabaseError.busy) {
            try await daily.attend(keyValues, clock) { throw DatabaseError.busy }
        }
        clock.advance(by: Occasion.retry - .seconds(1))
        #expect(try await !isDue())
        clock.advance(by: .seconds(1))
        #expect(try await isDue())
    }

    @Test func `what was cut off is done before the day is over`() async throws {
        await #expect(throws: CancellationError.self) {
            try await daily.attend(keyValues, clock) {
                // As a process that is killed: nothing is written any more.
                clock.advance(by: Occasion.claim)
                #expect(try await isDue())
                throw CancellationError()
            }
        }
        #expect(try await !isDue())
    }

    @Test func `a cautious one waits where nobody knows when it was done, or that was long ago`() async throws {
        let cautious = Occasion(name: "cautious", interval: .seconds(86_400), isCautious: true)
        func isDue() async throws -> Bool {
            var wasDue = false
            try await cautious.attend(keyValues, clock) { wasDue = true }
            return wasDue
        }
        #expect(try await !isDue())
        clock.advance(by: .seconds(86_400))
        #expect(try await isDue())
        // A day late at most: the service was off for a night.
        clock.advance(by: .seconds(2 * 86_400))
        #expect(try await isDue())
        clock.advance(by: .seconds(2 * 86_400 + 1))
        #expect(try await !isDue())
        clock.advance(by: .seconds(86_400))
        #expect(try await isDue())
    }

    @Test func `it can be put off by a whole interval`() async throws {
        try await daily.postpone(keyValues, clock)
        clock.advance(by: .seconds(86_399))
        #expect(try await !isDue())
        clock.advance(by: .seconds(1))
        #expect(try await isDue())
    }
}
