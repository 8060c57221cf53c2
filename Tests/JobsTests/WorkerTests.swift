import Jobs
import JobsTestKit
import ServiceLifecycle
import Storage
import StorageTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct WorkerTests {
    @Test func `a job is done, its effect and its success in one transaction`() async throws {
        let bench = try await WorkerBench()
        let done = ScriptedHandler { job in
            { session in
                // The success is not there before the effect, and both are there after.
                try session.execute("INSERT INTO ledger (job_id, note) SELECT id, state FROM jobs WHERE id = \(job.id)")
            }
        }
        let id = try await bench.enqueue()
        let ends = try await bench.whileWorking([done]) { await bench.ends(1) }
        #expect(ends == [EndedRun(outcome: "succeeded", status: "completed")])
        #expect(try await bench.job(id).course.state == .succeeded)
        #expect(try await bench.ledger() == ["leased"])
    }

    @Test func `a job enqueued while the worker waits is done`() async throws {
        let bench = try await WorkerBench()
        let ends = try await bench.whileWorking([ScriptedHandler { _ in { _ in } }], slots: 2) {
            try await bench.enqueue()
            return await bench.ends(1)
        }
        #expect(ends.map(\.status) == ["completed"])
    }

    @Test func `a job that keeps failing is dead after three attempts, and given up with that`() async throws {
        let bench = try await WorkerBench()
        let id = try await bench.enqueue()
        let failing = ScriptedHandler { _ in throw JobFailure(.passing, "disk full") }
        let ends = try await bench.whileWorking([failing]) { await bench.ends(3) }
        #expect(ends.map(\.status) == ["pending", "pending", "failed"])
        #expect(try await bench.job(id).course.state == .dead(reason: "disk full"))
        #expect(try await bench.outcomes(of: id) == ["failed", "failed", "failed"])
        #expect(try await bench.ledger() == ["abandoned, failed"])
    }

    @Test func `a failure that cannot pass is not tried again`() async throws {
        let bench = try await WorkerBench()
        let id = try await bench.enqueue()
        let failing = ScriptedHandler { _ in throw JobFailure(.final, "not a sound file") }
        _ = try await bench.whileWorking([failing]) { await bench.ends(1) }
        #expect(try await bench.job(id).course.state == .dead(reason: "not a sound file"))
        #expect(try await bench.ledger() == ["abandoned, failed"])
    }

    @Test func `the owner is not shown an error that was not written for them`() async throws {
        let bench = try await WorkerBench { $0.attempts = 1 }
        let id = try await bench.enqueue()
        let failing = ScriptedHandler { _ in throw DatabaseError.unexpected("no such table: takes") }
        _ = try await bench.whileWorking([failing]) { await bench.ends(1) }
        #expect(try await bench.job(id).error == "an internal error")
        let history = try await QueueBench(bench.database).history(of: id)
        #expect(history.first?.reason?.contains("no such table: takes") == true)
    }

    @Test func `an effect that cannot be written is a failed attempt, and leaves nothing behind`() async throws {
        let bench = try await WorkerBench()
        let id = try await bench.enqueue()
        let clashing = ScriptedHandler { job in
            { session in
                try session.execute("INSERT INTO ledger (job_id, note) VALUES (\(job.id), 'once')")
                try session.execute("INSERT INTO ledger (job_id, note) VALUES (\(job.id), 'twice')")
            }
        }
        let ends = try await bench.whileWorking([clashing]) { await bench.ends(3) }
        #expect(ends.map(\.status) == ["pending", "pending", "failed"])
        #expect(try await bench.job(id).course.state == .dead(reason: "an internal error"))
        #expect(try await bench.ledger() == ["abandoned, failed"])
    }

    @Test func `a job that nobody here knows how to do is left for others`() async throws {
        let bench = try await WorkerBench()
        let (unheardOf, known) = (try await bench.enqueue(kind: "unheard of"), try await bench.enqueue())
        let ends = try await bench.whileWorking([ScriptedHandler { _ in { _ in } }]) { await bench.ends(1) }
        #expect(ends.map(\.status) == ["completed"])
        #expect(try await bench.job(known).course.state == .succeeded)
        #expect(try await bench.job(unheardOf).course == JobCourse(.ready))
    }

    @Test(.timeLimit(.minutes(20))) func `a job is started at its time, however seldom the worker looks`() async throws
    {
        let bench = try await WorkerBench()
        let later = try NewJob(kind: "tune", payload: 1, runAt: SystemClock().now() + .milliseconds(300))
        _ = try await bench.database.write { try bench.queue.enqueue(later, in: $0) }
        let ends = try await bench.whileWorking([ScriptedHandler { _ in { _ in } }], lookingEvery: .seconds(3600)) {
            await bench.ends(1)
        }
        #expect(ends.map(\.status) == ["completed"])
    }

    @Test func `an effect may say how it failed`() async throws {
        let bench = try await WorkerBench()
        let id = try await bench.enqueue()
        let refusing = ScriptedHandler { _ in { _ in throw JobFailure(.final, "no room for it") } }
        _ = try await bench.whileWorking([refusing]) { await bench.ends(1) }
        #expect(try await bench.job(id).course.state == .dead(reason: "no room for it"))
    }

    @Test func `a handler's own policy holds where the queue has none for its kind`() async throws {
        struct Once: JobParameters {
            static let kind = "once"
            static var policy: RetryPolicy? { RetryPolicy(attempts: 1) }
        }
        let bench = try await WorkerBench()
        let id = try await bench.database.write { try bench.queue.enqueue(Once(), in: $0) }
        let failing = TypedHandler(
            Once.self, on: bench.queue,
            abandoned: { _, job, session in
                try session.execute("INSERT INTO ledger (job_id, note) VALUES (\(job.id), 'given back')")
            }
        ) { _, _ in throw JobFailure(.passing, "no sound") }
        let ends = try await bench.whileWorking([failing]) { await bench.ends(1) }
        #expect(ends.map(\.status) == ["failed"])
        #expect(try await bench.job(id).course.attempts == 1)
        #expect(try await bench.ledger() == ["given back"])
    }

    @Test func `where neither a kind nor its handler has a policy, the queue's holds`() async throws {
        struct Plain: JobParameters {
            static let kind = "plain"
        }
        let bench = try await WorkerBench { $0.attempts = 1 }
        _ = try await bench.database.write { try bench.queue.enqueue(Plain(), in: $0) }
        let failing = TypedHandler(Plain.self, on: bench.queue) { _, _ in throw JobFailure(.passing, "no sound") }
        let ends = try await bench.whileWorking([failing]) { await bench.ends(1) }
        #expect(ends.map(\.status) == ["failed"])
    }

    @Test(.timeLimit(.minutes(20))) func `a handler that does not heed its cancellation holds up no end of its job`()
        async throws
    {
        let bench = try await WorkerBench { $0.lease = .seconds(60) }
        let id = try await bench.enqueue()
        let (arrived, arrive) = AsyncStream.makeStream(of: CheckedContinuation<Void, Never>.self)
        let deaf = ScriptedHandler { _ in
            await withCheckedContinuation { arrive.yield($0) }
            return { try $0.execute("INSERT INTO ledger (job_id, note) VALUES ('late', 'late')") }
        }
        let ended = try await bench.whileWorking([deaf]) {
            var handler: CheckedContinuation<Void, Never>?
            for await continuation in arrived {
                handler = continuation
                break
            }
            _ = try await bench.database.write { try bench.queue.cancel(id, in: $0) }
            let ended = try await bench.queue.end(of: id)
            handler?.resume()
            return ended
        }
        #expect(ended.course.state == .cancelled)
        #expect(try await bench.ledger() == ["abandoned, cancelled"])
    }

    @Test func `a handler that throws a cancellation of its own fails like any other`() async throws {
        let bench = try await WorkerBench()
        let id = try await bench.enqueue()
        let ends = try await bench.whileWorking([ScriptedHandler { _ in throw CancellationError() }]) {
            await bench.ends(3)
        }
        #expect(ends.map(\.status) == ["pending", "pending", "failed"])
        #expect(try await bench.job(id).course.attempts == 3)
    }

    @Test func `a stopping worker gives its jobs back and spends no attempt`() async throws {
        let bench = try await WorkerBench()
        let gate = Gate()
        let staying = ScriptedHandler { _ in
            try await gate.stay()
            return { _ in }
        }
        let (first, second) = (try await bench.enqueue(), try await bench.enqueue())
        try await bench.whileWorking([staying], slots: 2) {
            await gate.arrival()
            await gate.arrival()
        }
        for id in [first, second] {
            let course = try await bench.job(id).course
            #expect((course.state, course.attempts, course.lostLeases) == (.ready, 0, 0))
            #expect(try await bench.outcomes(of: id) == ["released"])
        }
        #expect(try await bench.ledger().isEmpty)
    }

    @Test func `a stopping worker lets a job finish within its grace, and starts no other`() async throws {
        let bench = try await WorkerBench()
        let (arrived, arrive) = AsyncStream.makeStream(of: Void.self)
        let finishing = ScriptedHandler { _ in
            arrive.yield()
            try await gracefulShutdown()
            return { _ in }
        }
        let (first, second) = (try await bench.enqueue(), try await bench.enqueue())
        try await bench.whileWorking([finishing], grace: .seconds(3600)) {
            for await _ in arrived { break }
        }
        let states = try await [bench.job(first), bench.job(second)].map(\.course.state)
        #expect(states.count { $0 == .succeeded } == 1)
        #expect(states.count { $0 == .ready } == 1)
    }

    @Test func `a running job that is cancelled is stopped`() async throws {
        // It is told at its next heartbeat, after a third of the lease; a busy machine may be late by the rest.
        let bench = try await WorkerBench { $0.lease = .seconds(30) }
        let gate = Gate()
        let staying = ScriptedHandler { _ in
            try await gate.stay()
            return { _ in }
        }
        let id = try await bench.enqueue()
        let ends = try await bench.whileWorking([staying]) {
            await gate.arrival()
            _ = try await bench.database.write { try bench.queue.cancel(id, in: $0) }
            return await bench.ends(1)
        }
        #expect(ends == [EndedRun(outcome: "stopped", status: "cancelled")])
        #expect(try await bench.ledger() == ["abandoned, cancelled"])
    }

    @Test(arguments: [-86_400, 86_400])
    func `the job of a vanished worker is taken over, however its clock was set`(seconds: Int) async throws {
        let bench = try await WorkerBench { $0.lease = .seconds(10) }
        let id = try await bench.enqueue()
        let clock = ManualClock(SystemClock().now() + .seconds(seconds))
        let other = JobQueue(bench.database, clock: clock)
        _ = try #require(try await other.claim(from: ["default"], by: "vanished"))
        let ends = try await bench.whileWorking([ScriptedHandler { _ in { _ in } }]) { await bench.ends(1) }
        #expect(ends.map(\.status) == ["completed"])
        #expect(try await bench.outcomes(of: id) == ["lease expired", "succeeded"])
    }

    @Test func `a job whose end cannot be told holds up no other`() async throws {
        let bench = try await WorkerBench { ($0.lease, $0.lostLeases) = (.seconds(1), 1) }
        let (bad, good) = (try await bench.enqueue(kind: "bad"), try await bench.enqueue())
        for _ in 0..<2 { _ = try await bench.queue.claim(from: ["default"], by: "vanished") }
        let handlers: [any JobHandler] = [DeafHandler(), ScriptedHandler { _ in { _ in } }]
        let ended = try await bench.whileWorking(handlers) { try await bench.queue.end(of: good) }
        #expect(ended.course.state.status == .failed)
        #expect(try await bench.ledger() == ["abandoned, failed"])
        #expect(try await bench.job(bad).course.state.status == .processing)
    }

    @Test func `a worker that lost its lease writes nothing`() async throws {
        let bench = try await WorkerBench { $0.lease = .milliseconds(1_500) }
        let gate = Gate()
        let staying = ScriptedHandler { job in
            try? await gate.stay()
            return { try $0.execute("INSERT INTO ledger (job_id, note) VALUES (\(job.id), 'stale')") }
        }
        let id = try await bench.enqueue()
        let ends = try await bench.whileWorking([staying]) {
            await gate.arrival()
            // As if another had reclaimed the job and done it meanwhile.
            _ = try await bench.database.write {
                try $0.execute("UPDATE jobs SET lease_token = 2, state = 'succeeded' WHERE id = \(id)")
            }
            return await bench.ends(1)
        }
        #expect(ends.map(\.status) == ["lease lost"])
        #expect(try await bench.ledger().isEmpty)
    }

    @Test func `a thousand jobs go through four slots, each once, four at a time at most`() async throws {
        let bench = try await WorkerBench()
        let running = Mutex(0)
        let most = Mutex(0)
        let counting = ScriptedHandler { job in
            let now = running.withLock { count in
                count += 1
                return count
            }
            most.withLock { $0 = max($0, now) }
            await Task.yield()
            running.withLock { $0 -= 1 }
            return { try $0.execute("INSERT INTO ledger (job_id, note) VALUES (\(job.id), 'done')") }
        }
        let jobs = try (0..<1_000).map { try NewJob(kind: "tune", payload: $0) }
        try await bench.database.write { session in
            for job in jobs { try bench.queue.enqueue(job, in: session) }
        }
        let ends = try await bench.whileWorking([counting], slots: 4) { await bench.ends(1_000) }
        #expect(ends.allSatisfy { $0.status == "completed" })
        #expect(try await bench.ledger().count == 1_000)
        let peak = most.withLock { $0 }
        #expect((1...4).contains(peak))
        let counts = try await bench.database.read { try bench.queue.counts(in: $0) }
        #expect(counts.map { "\($0.count) \($0.state)" } == ["1000 succeeded"])
    }
}

/// Cannot be told of the end of a job.
private struct DeafHandler: JobHandler {
    let kind = "bad"

    func run(_ job: Job) async throws -> JobEffect { { _ in } }

    func abandoned(_ job: Job, in session: any WriteSession) throws { throw Undo() }
}
