import Figures
import Foundation
import Jobs
import Storage

/// Stops a worker in its tracks until its jobs are another's and done, and lets it go on: what it brings is refused.
struct FreezeTrial {
    private static let (jobs, lease) = (10, Duration.seconds(1))

    private struct Findings: Encodable {
        let verdict: Verdict
        let rounds: Int
        /// Ends that the frozen workers came with afterwards.
        let stale: Int
        let refused: Int
        /// Rounds that were begun anew, because the worker was too quick, or was stopped while it held the database.
        let spoilt: Int
    }

    let place: Place

    init(_ place: Place) {
        self.place = place
    }

    func run(rounds: Int) async throws -> Never {
        let open = try await place.queue(.trial(Self.lease))
        var (enqueued, refused, spoilt, done) = ([JobID](), 0, 0, 0)
        while done < rounds {
            let chores = try (0..<Self.jobs).map { _ in try NewJob(Chore(milliseconds: 250, isStubborn: true)) }
            try await open.enqueue(chores)
            enqueued += chores.map(\.id)
            if let count = try await round(done + spoilt, open) {
                refused += count
                done += 1
            } else {
                spoilt += 1
            }
        }
        let verdict = try await Verdict(on: open, enqueued: enqueued)
        let findings = Findings(
            verdict: verdict, rounds: rounds, stale: rounds * Self.jobs, refused: refused, spoilt: spoilt)
        try conclude(findings, isGood: verdict.isGood && refused == rounds * Self.jobs)
    }

    /// - Returns: how many ends were refused; nil when the worker was not stopped in the middle of its work.
    private func round(_ number: Int, _ open: OpenQueue) async throws -> Int? {
        let frozen = try start("frozen\(number)")
        while try await leased(open) < Self.jobs { try await Task.sleep(for: .milliseconds(5)) }
        frozen.send(SIGSTOP)
        let isInTheMiddle = try await leased(open) == Self.jobs
        let other = try start("other\(number)")
        let isDone = try await open.drained(within: Self.lease * 5)
        frozen.send(SIGCONT)
        // Both finish what they have begun, and the frozen one tries to record it.
        _ = try await open.drained(within: .seconds(60))
        for worker in [frozen, other] {
            worker.send(SIGTERM)
            _ = worker.end()
        }
        return isInTheMiddle && isDone ? try frozen.said().count { $0 == .refused } : nil
    }

    private func leased(_ open: OpenQueue) async throws -> Int {
        try await open.database.read { try open.queue.statistics(over: .zero, in: $0) }.reduce(0) { $0 + $1.running }
    }

    private func start(_ name: String) throws -> WorkerProcess {
        try .start(name, on: place, concurrency: Self.jobs, lease: Self.lease)
    }
}
