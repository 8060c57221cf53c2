import Dispatch
import Synchronization
import Testing

@testable import Auth

@Suite struct HashingPoolTests {
    @Test func `when as many wait as may, the next one is refused at once`() async throws {
        let pool = HashingPool(width: 1, room: 0)
        let gate = DispatchSemaphore(value: 0)
        let (started, signal) = AsyncStream<Void>.makeStream()
        async let first = pool.run {
            signal.yield()
            gate.wait()
            return "done"
        }
        for await _ in started { break }
        await #expect(throws: AuthError.overloaded) { try await pool.run { "never" } }
        gate.signal()
        #expect(try await first == "done")
        #expect(try await pool.run { "again" } == "again")
    }

    @Test func `never more than the width run at once, and everyone admitted is served`() async throws {
        let pool = HashingPool(width: 2, room: 100)
        let gauge = Gauge()
        let served = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await pool.run {
                        gauge.enter()
                        defer { gauge.leave() }
                        return number
                    }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(served.count == 100)
        #expect(gauge.most <= 2)
    }
}

/// How many are inside, and how many there were at most.
private final class Gauge: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock(\.most) }

    func enter() {
        state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
    }

    func leave() {
        state.withLock { $0.now -= 1 }
    }
}
