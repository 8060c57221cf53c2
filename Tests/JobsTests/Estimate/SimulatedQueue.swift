import JobsTestKit
import Storage
import StorageSQLite
import StorageTestKit

@testable import Jobs

/// What was foretold of a job, and came: seconds from its enqueueing.
struct ForetoldJob: Sendable {
    let wait: Double
    let completion: Double
    var actualWait = 0.0
    var actualCompletion = 0.0
}

/// A real queue, whose workers are so many slots on a clock that jumps from event to event.
final class SimulatedQueue {
    private let bench: QueueBench
    private let scenario: QueueScenario
    private var random: SplitMix64
    private var running: [(job: Job, end: Timestamp)] = []
    private var foretold: [JobID: ForetoldJob] = [:]

    init(_ scenario: QueueScenario, seed: UInt64) async throws {
        bench = QueueBench(try SQLiteDatabase.inMemory())
        (self.scenario, random) = (scenario, SplitMix64(seed: seed))
        try await bench.database.migrate([JobSchema.migrations], at: bench.clock.now())
    }

    /// Until all is done.
    ///
    /// - Returns: the jobs of which something could be foretold.
    func run() async throws -> [ForetoldJob] {
        let (bench, start) = (bench, bench.clock.now())
        var coming = scenario.arrivals(&random).sorted { $0.time < $1.time }[...]
        while true {
            let arrival = coming.first.map { start + .seconds($0.time) }
            // Workers without a free slot do not look.
            let due = isFull ? nil : try await bench.database.read { try bench.queue.nextDue(in: $0) }
            guard let now = ([arrival, due].compactMap(\.self) + running.map(\.end)).min() else { break }
            bench.clock.turn(to: now)
            try await end()
            if arrival == now { try await enqueue(coming.removeFirst()) }
            try await fill()
        }
        return Array(foretold.values)
    }

    private var isFull: Bool { running.count >= scenario.slots }

    private func enqueue(_ arrival: Arrival) async throws {
        let (bench, now) = (bench, bench.clock.now())
        let id = try await bench.enqueue(
            priority: arrival.priority, owner: arrival.owner,
            runAt: arrival.delay > 0 ? now + .seconds(arrival.delay) : nil)
        if let estimate = try await bench.database.read({ try bench.queue.estimate(of: id, in: $0) }) {
            foretold[id] = ForetoldJob(
                wait: (estimate.start - now) / .seconds(1), completion: (estimate.completion - now) / .seconds(1))
        }
    }

    private func end() async throws {
        let now = bench.clock.now()
        for (job, _) in running.filter({ $0.end <= now }) {
            let fails = scenario.failsOnceIn.map { Int.random(in: 1...$0, using: &random) == 1 } ?? false
            let ended = try await bench.apply(
                fails ? job.failed("bad luck", at: now) : .succeeded(token: job.token), to: job.id)
            if ended.course.state.isFinal { foretold[job.id]?.actualCompletion = (now - job.createdAt) / .seconds(1) }
        }
        running.removeAll { $0.end <= now }
    }

    private func fill() async throws {
        guard !isFull else { return }
        let now = bench.clock.now()
        let jobs = try await bench.queue.claim(from: ["default"], by: "ada", upTo: scenario.slots - running.count)
        for job in jobs {
            if job.course.attempts == 1 { foretold[job.id]?.actualWait = (now - job.createdAt) / .seconds(1) }
            running.append((job, now + max(.seconds(scenario.length.next(&random)), .milliseconds(1))))
        }
    }
}
