import Dispatch
import Foundation
import Storage
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
    @Test(arguments: [0, 1, 5])
    func `when as many wait as may, the others are refused at once`(room: Int) async throws {
        let pool = ThreadPool(width: 1, room: room)
        let gate = DispatchSemaphore(value: 0)
        let (started, signal) = AsyncStream<Void>.makeStream()
        async let first = pool.run {
            signal.yield()
            gate.wait()
            return true
        }
        for await _ in started { break }
        await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<20 { group.addTask { try? await pool.run { true } } }
            // The gate is shut until all who find no room have been told so.
            for _ in room..<20 { #expect(await group.next() == .some(nil)) }
            gate.signal()
            for _ in 0..<room { #expect(await group.next() == true) }
        }
        #expect(try await first)
        #expect(try await pool.run { true })
    }

    @Test func `busy threads hold up no tasks`() async throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let pool = ThreadPool(width: cores, room: 0)
        let tasksWentOn = Flag()
        let (started, signal) = AsyncStream<Void>.makeStream()
        let saw = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<cores {
                group.addTask {
                    try await pool.run {
                        signal.yield()
                        // Longer than any task waits for its turn among hundreds; held up, it would wait for ever.
                        return tasksWentOn.spin(for: .seconds(600))
                    }
                }
            }
            var running = 0
            for await _ in started {
                running += 1
                if running == cores { break }
            }
            tasksWentOn.raise()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(saw == Array(repeating: true, count: cores))
    }

    @Test func `never more than the width run at once, and everyone admitted is served`() async throws {
        let pool = ThreadPool(width: 2, room: 100)
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

/// Raised once; seen by whoever spins.
private final class Flag: Sendable {
    private let raised = Atomic(false)

    func raise() {
        raised.store(true, ordering: .relaxed)
    }

    /// False if the time passed first. Uses the processor all the while, as a hash does.
    func spin(for time: Duration) -> Bool {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            if raised.load(ordering: .relaxed) { return true }
        }
        return false
    }
}
