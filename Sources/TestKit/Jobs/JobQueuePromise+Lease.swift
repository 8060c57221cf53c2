import Jobs
import Storage
import StorageTestKit
import Synchronization
import Testing

extension JobQueuePromise {
    static let leasing = [
        JobQueuePromise("a lease that ran out goes to another and spends no attempt") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            _ = try await bench.claimed(by: "ada")
            bench.clock.advance(by: bench.queue.policy.lease - .milliseconds(1))
            #expect(try await bench.reclaim() == 0)
            bench.clock.advance(by: .milliseconds(1))
            #expect(try await bench.reclaim() == 1)
            let waiting = try await bench.job(id).course
            #expect((waiting.state, waiting.attempts, waiting.lostLeases) == (.ready, 0, 1))
            let second = try await bench.claimed(by: "grace")
            #expect((second.id, second.token, second.course.attempts) == (id, 2, 1))
        },
        JobQueuePromise("a heartbeat extends the lease") { database in
            let bench = QueueBench(database)
            _ = try await bench.enqueue()
            let job = try await bench.claimed()
            for _ in 0..<5 {
                bench.clock.advance(by: bench.queue.policy.lease - .milliseconds(1))
                #expect(try await bench.queue.heartbeat(job) == false)
                #expect(try await bench.reclaim() == 0)
            }
            bench.clock.advance(by: bench.queue.policy.lease)
            #expect(try await bench.reclaim() == 1)
        },
        JobQueuePromise("20 lost leases park a job, and whoever is to know is told in the transaction") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let told = Bystander()
            for _ in 1...20 {
                #expect(told.jobs.isEmpty)
                _ = try await bench.claimed()
                bench.clock.advance(by: bench.queue.policy.lease)
                try await bench.reclaim(JobHandlers([told]))
            }
            let parked = try await bench.job(id)
            #expect(parked.course.state == .dead(reason: "its worker vanished 20 times"))
            #expect(parked.completedAt == bench.clock.now())
            #expect(told.jobs == [id])
            #expect(try await bench.claim() == nil)
            let history = try await bench.history(of: id)
            #expect(history.map(\.outcome) == Array(repeating: "lease expired", count: 20))
            #expect(history.last?.reason == "its worker vanished 20 times")
        },
        JobQueuePromise("a lease is not ended when those who are to know cannot be told") { database in
            let bench = QueueBench(database, policy: RetryPolicy(lostLeases: 1))
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            bench.clock.advance(by: bench.queue.policy.lease)
            await #expect(throws: Undo.self) { try await bench.reclaim(JobHandlers([Bystander(isDeaf: true)])) }
            #expect(try await bench.job(id).course == job.course)
        },
        JobQueuePromise("a lease is not ended whose holder has spoken since it was seen") { database in
            let bench = QueueBench(database)
            _ = try await bench.enqueue()
            let job = try await bench.claimed()
            let seen = try await database.read { try bench.queue.leases(of: ["tune"], in: $0) }
            #expect(seen.map(\.lease.token) == [job.token])
            #expect(try await database.read { try bench.queue.leases(of: ["draw"], in: $0) }.isEmpty)
            // At the same moment, or after the clock was set back.
            bench.clock.advance(by: .seconds(-3600))
            _ = try await bench.queue.heartbeat(job)
            #expect(try await database.write { try bench.queue.reclaim(seen[0], in: $0) } == nil)
            let now = try await database.read { try bench.queue.leases(in: $0) }
            let freed = try await database.write { try bench.queue.reclaim(now[0], in: $0)?.course.state }
            #expect(freed == .ready)
            #expect(try await database.write { try bench.queue.reclaim(now[0], in: $0) } == nil)
        },
        JobQueuePromise("a job given back waits again and spends no attempt") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let first = try await bench.claimed()
            let back = try await bench.apply(.released(token: first.token), to: id)
            #expect((back.course.state, back.course.attempts) == (.ready, 0))
            let second = try await bench.claimed(by: "grace")
            #expect((second.token, second.course.attempts) == (2, 1))
        },
    ]

    static let fencing = [
        JobQueuePromise("a stale worker is refused whatever it says, and what it wrote is undone") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let stale = try await bench.claimed(by: "ada")
            bench.clock.advance(by: bench.queue.policy.lease)
            try await bench.reclaim()
            let holder = try await bench.claimed(by: "grace")
            _ = try await database.write { try $0.execute("CREATE TABLE effects (job_id TEXT NOT NULL)") }

            let now = bench.clock.now()
            let events: [JobEvent] = [
                .succeeded(token: stale.token), stale.failed("late", at: now), stale.crashed("late", at: now),
                .failedForGood(token: stale.token, reason: "late"), .released(token: stale.token),
                .stopped(token: stale.token), .heartbeat(token: stale.token, at: now),
            ]
            for event in events {
                await #expect(throws: LeaseLost.self) {
                    try await database.write { session in
                        try session.execute("INSERT INTO effects (job_id) VALUES (\(id))")
                        try bench.queue.apply(event, to: id, in: session)
                    }
                }
            }
            await #expect(throws: LeaseLost.self) { try await bench.queue.heartbeat(stale) }
            #expect(try await database.read { try $0.rows("SELECT * FROM effects") }.isEmpty)
            #expect(try await bench.job(id).course == holder.course)
            try await bench.apply(.succeeded(token: holder.token), to: id)
        },
        JobQueuePromise("a worker is refused after its lease ran out, even when no other has the job") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let stale = try await bench.claimed()
            bench.clock.advance(by: bench.queue.policy.lease)
            try await bench.reclaim()
            await #expect(throws: LeaseLost.self) {
                try await bench.apply(.succeeded(token: stale.token), to: id)
            }
            #expect(try await bench.state(of: id) == .ready)
        },
        JobQueuePromise("a job succeeds once, together with its effect") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            try await database.write { session in
                try session.execute("CREATE TABLE effects (job_id TEXT NOT NULL)")
                try session.execute("INSERT INTO effects (job_id) VALUES (\(id))")
                try bench.queue.apply(.succeeded(token: job.token), to: id, in: session)
            }
            await #expect(throws: LeaseLost.self) {
                try await bench.apply(.succeeded(token: job.token), to: id)
            }
            let done = try await bench.job(id)
            #expect((done.course.state, done.completedAt) == (.succeeded, bench.clock.now()))
            #expect(try await bench.history(of: id).map(\.outcome) == ["succeeded"])
        },
        JobQueuePromise("success is undone with the transaction it is part of") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            await #expect(throws: Undo.self) {
                try await database.write { session in
                    try bench.queue.apply(.succeeded(token: job.token), to: id, in: session)
                    throw Undo()
                }
            }
            #expect(try await bench.job(id).course == job.course)
            #expect(try await bench.history(of: id).isEmpty)
        },
        JobQueuePromise("a worker whose job was ended by another, and forgotten, has lost it") { database in
            let bench = QueueBench(database)
            let id = JobID.random()
            await #expect(throws: LeaseLost(job: id)) { try await bench.apply(.succeeded(token: 1), to: id) }
            await #expect(throws: JobQueueError.notFound(id)) { try await bench.cancel(id) }
        },
    ]
}

/// Hears of the jobs that were given up; or cannot.
private final class Bystander: JobHandler {
    let kind = "tune"
    private let isDeaf: Bool
    private let heard = Mutex<[JobID]>([])

    init(isDeaf: Bool = false) {
        self.isDeaf = isDeaf
    }

    var jobs: [JobID] { heard.withLock { $0 } }

    func run(_ job: Job) async throws -> JobEffect { { _ in } }

    func abandoned(_ job: Job, in session: any WriteSession) throws {
        if isDeaf { throw Undo() }
        heard.withLock { $0.append(job.id) }
    }
}
