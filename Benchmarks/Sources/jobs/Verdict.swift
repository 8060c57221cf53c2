import Figures
import Foundation
import Jobs
import Storage

/// What became of jobs that workers were disturbed at, as the tables tell.
struct Verdict: Encodable {
    private(set) var jobs = 0
    /// Nobody has done them, although they were enqueued.
    private(set) var lost = 0
    /// Their effect stands in the ledger twice, or without the success of the attempt that wrote it.
    private(set) var doubled = 0
    /// Neither done nor given up when the trial was over.
    private(set) var open = 0
    /// Attempts whose lease ran out.
    private(set) var lostLeases = 0

    init(on open: OpenQueue, enqueued: [JobID]) async throws {
        let (states, entries, good, expired) = try await open.database.read { session in
            let states = try session.rows("SELECT id, state FROM jobs").map { row in
                (try row.get("id", as: JobID.self), try row.get("state", as: String.self))
            }
            let entries = try session.rows("SELECT job_id FROM ledger").map { try $0.get("job_id", as: JobID.self) }
            let good: Int? = try session.row(
                """
                SELECT COUNT(*) AS count FROM ledger JOIN job_attempts
                ON job_attempts.job_id = ledger.job_id AND job_attempts.token = ledger.token
                WHERE outcome = 'succeeded'
                """)?.get("count")
            let expired: Int? = try session.row(
                "SELECT COUNT(*) AS count FROM job_attempts WHERE outcome = 'lease expired'")?.get("count")
            return (states, entries, good ?? 0, expired ?? 0)
        }
        let (state, done) = (Dictionary(states) { first, _ in first }, Set(entries))
        jobs = enqueued.count
        lost = enqueued.count { state[$0] != "succeeded" || !done.contains($0) }
        doubled = entries.count - min(done.count, good)
        self.open = states.count { JobSchema.openStates.contains($0.1) }
        lostLeases = expired
    }

    /// Of whatever is in the tables.
    static func check(_ place: Place) async throws -> Never {
        let open = try await place.queue()
        let all = try await open.database.read { session in
            try session.rows("SELECT id FROM jobs").map { try $0.get("id", as: JobID.self) }
        }
        let verdict = try await Verdict(on: open, enqueued: all)
        try conclude(verdict, isGood: verdict.isGood)
    }

    var isGood: Bool { (lost, doubled, open) == (0, 0, 0) }
}

/// Prints what a trial found, and ends the process: with 1 if that is not what was promised.
func conclude(_ findings: some Encodable, isGood: Bool) throws -> Never {
    try report(findings)
    exit(isGood ? 0 : 1)
}

extension OpenQueue {
    /// Waits until nothing is left to do.
    ///
    /// - Returns: whether that was so in time.
    func drained(within time: Duration) async throws -> Bool {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            let queues = try? await database.read { try queue.statistics(over: .zero, in: $0) }
            if let queues, queues.allSatisfy({ $0.ready + $0.scheduled + $0.retryable + $0.running == 0 }) {
                return true
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        return false
    }

    /// Enqueues these, once, through a server that may go away at any time.
    func enqueueSurely(_ jobs: [NewJob]) async throws {
        while true {
            do {
                return try await enqueue(jobs)
            } catch DatabaseError.unavailable, DatabaseError.busy {
                // Nobody knows whether it was kept: looked at until somebody answers.
                if try await isThere(jobs[0].id) { return }
            }
        }
    }

    private func isThere(_ id: JobID) async throws -> Bool {
        while true {
            do {
                return try await database.read { try queue.find(id, in: $0) } != nil
            } catch DatabaseError.unavailable, DatabaseError.busy {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
