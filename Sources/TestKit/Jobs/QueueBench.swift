import Jobs
import Storage
import StorageTestKit
import Testing

/// A queue on a clock that the check turns, with short words for what checks do.
package struct QueueBench: Sendable {
    package let database: any Database
    package let clock = ManualClock()
    package let queue: JobQueue

    package init(_ database: any Database, policy: RetryPolicy = RetryPolicy()) {
        self.database = database
        queue = JobQueue(database, policy: policy, clock: clock)
    }

    /// So many queues with settings that an engine does not read the whole table.
    package static func setManyQueues(on database: any Database) async throws {
        let queue = JobQueue(database)
        try await database.write { session in
            for number in 0..<2000 { try queue.setCapacity(nil, of: "queue \(number)", in: session) }
        }
    }

    @discardableResult
    package func enqueue(
        kind: String = "tune", queue name: String = "default", priority: Int = 0, owner: AccountID? = nil,
        runAt: Timestamp? = nil
    ) async throws -> JobID {
        let job = try NewJob(
            kind: kind, payload: ["take": 1], queue: name, priority: priority, owner: owner, runAt: runAt)
        return try await database.write { try queue.enqueue(job, in: $0) }
    }

    package func claim(from queues: [String] = ["default"], by worker: String = "ada") async throws -> Job? {
        try await queue.claim(from: queues, by: worker)
    }

    /// The job that must be there to be claimed.
    package func claimed(by worker: String = "ada") async throws -> Job {
        try #require(await claim(by: worker))
    }

    @discardableResult
    package func apply(_ event: JobEvent, to job: JobID) async throws -> Job {
        try await database.write { try queue.apply(event, to: job, in: $0) }
    }

    @discardableResult
    package func cancel(_ job: JobID) async throws -> Job {
        try await database.write { try queue.cancel(job, in: $0) }
    }

    @discardableResult
    package func reclaim(_ handlers: JobHandlers = JobHandlers()) async throws -> Int {
        try await queue.reclaimExpired(handlers)
    }

    package func job(_ id: JobID) async throws -> Job {
        try #require(try await database.read { try queue.find(id, in: $0) })
    }

    package func state(of id: JobID) async throws -> JobState {
        try await job(id).course.state
    }

    /// The ended attempts of a job, in order.
    package func history(of id: JobID) async throws -> [EndedAttempt] {
        try await database.read { session in
            try session.rows("SELECT * FROM job_attempts WHERE job_id = \(id) ORDER BY token").map { row in
                EndedAttempt(
                    token: try row.get("token"), worker: try row.get("worker"),
                    outcome: try row.get("outcome"), reason: try row.get(optional: "reason"),
                    startedAt: try row.get(optional: "started_at"), endedAt: try row.get("ended_at"))
            }
        }
    }
}

package struct EndedAttempt: Equatable, Sendable {
    package let token: Int
    package let worker: String
    package let outcome: String
    package let reason: String?
    package let startedAt: Timestamp?
    package let endedAt: Timestamp
}

extension JobQueue {
    /// Ends the leases that ran out by the queue's clock, each by itself: what workers do by the time that passes.
    ///
    /// - Returns: how many.
    @discardableResult
    package func reclaimExpired(_ handlers: JobHandlers = JobHandlers()) async throws -> Int {
        let now = clock.now()
        var count = 0
        for held in try await database.read({ try leases(in: $0) }) where held.lease.until <= now {
            if try await database.write({ try reclaim(held, handlers, in: $0) }) != nil { count += 1 }
        }
        return count
    }
}

/// Undoes the transaction it is thrown in.
package struct Undo: Error, Equatable {
    package init() {}
}

extension Job {
    package var token: Int { course.token }

    package func failed(_ reason: String, at now: Timestamp, jitter: Double = 0) -> JobEvent {
        .failed(token: token, at: now, reason: reason, jitter: jitter)
    }

    package func crashed(_ reason: String, at now: Timestamp) -> JobEvent {
        .crashed(token: token, at: now, reason: reason, jitter: 0)
    }
}
