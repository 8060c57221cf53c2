import FreshDatabases
import Jobs
import Storage
import Synchronization
import Testing

/// Many runs that end at once, and so in few transactions.
@Suite(.timeLimit(.minutes(30))) struct CompletionsTests {
    @Test func `jobs that end at once are each done once`() async throws {
        let bench = try await WorkerBench()
        let ids = try await enqueue(200, on: bench)
        let ends = try await bench.whileWorking([entering { _, _ in }], slots: 32) { await bench.ends(200) }
        #expect(Set(ends.map(\.status)) == ["completed"])
        #expect(try await bench.ledger().sorted() == ids.map(\.text).sorted())
        for id in ids { #expect(try await bench.outcomes(of: id) == ["succeeded"]) }
    }

    @Test func `a job whose effect cannot be written fails alone`() async throws {
        let bench = try await WorkerBench { $0.attempts = 1 }
        let ids = try await enqueue(64, on: bench)
        let bad = Set(ids.enumerated().filter { $0.offset % 8 == 3 }.map(\.element))
        let handler = entering { [bad] job, session in
            if bad.contains(job.id) { try session.execute("INSERT INTO ledger (job_id) VALUES (\(job.id))") }
        }
        let ends = try await bench.whileWorking([handler], slots: 32) { await bench.ends(64) }
        #expect(ends.count { $0.status == "failed" } == bad.count)
        let good = ids.filter { !bad.contains($0) }.map(\.text)
        #expect(Set(try await bench.ledger()) == Set(good + bad.map { _ in "abandoned, failed" }))
        for id in ids {
            // One may have been claimed beside an end that failed, and given back.
            let outcomes = try await bench.outcomes(of: id).filter { $0 != "released" }
            #expect(outcomes == [bad.contains(id) ? "failed" : "succeeded"])
        }
    }

    @Test func `a job that has gone to another is refused alone`() async throws {
        let bench = try await WorkerBench()
        let ids = try await enqueue(32, on: bench)
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let (taken, go) = AsyncStream.makeStream(of: Never.self)
        let handler = ScriptedHandler { job in
            arrived.yield()
            for await _ in taken {}
            return { try $0.execute("INSERT INTO ledger (job_id, note) VALUES (\(job.id), \(job.id.text))") }
        }
        let ends = try await bench.whileWorking([handler], slots: 32) {
            var held = 0
            for await _ in arrivals {
                held += 1
                if held == ids.count { break }
            }
            try await steal(ids[5], on: bench)
            go.finish()
            return await bench.ends(32)
        }
        #expect(ends.count { $0.status == "lease lost" } == 1)
        #expect(try await bench.ledger().sorted() == ids.map(\.text).filter { $0 != ids[5].text }.sorted())
        #expect(try await bench.job(ids[5]).course.state == .succeeded)
    }

    @Test(arguments: [true, false])
    func `where all writers wait for each other, a job's end and its slot's next claim are one transaction`(
        hasOneWriter: Bool
    ) async throws {
        let database = CountedDatabase(try await FreshDatabase.make(), hasOneWriter: hasOneWriter)
        let bench = try await WorkerBench(on: database)
        let ids = try await enqueue(50, on: bench)
        let before = database.writes
        _ = try await bench.whileWorking([entering { _, _ in }], slots: 1) { await bench.ends(50) }
        let writes = database.writes - before
        #expect(hasOneWriter ? writes == 51 : writes >= 100)
        #expect(try await bench.ledger().sorted() == ids.map(\.text).sorted())
    }

    @Test func `a job that is due goes before others of lower priority while all slots are taken`() async throws {
        let bench = try await WorkerBench(on: CountedDatabase(try await FreshDatabase.make(), hasOneWriter: true))
        let first = try await enqueue(1, on: bench)
        let (soon, urgent) = (Duration.milliseconds(20), JobID.random())
        let started = Mutex([JobID]())
        let handler = ScriptedHandler { job in
            started.withLock { $0.append(job.id) }
            if job.id == first[0] {
                // The other's time comes while the only slot is taken.
                let later = try NewJob(
                    id: urgent, kind: "tune", payload: 0, priority: 9, runAt: SystemClock().now() + soon)
                _ = try await bench.database.write { try bench.queue.enqueue(later, in: $0) }
                _ = try await enqueue(20, on: bench)
                try await Task.sleep(for: soon * 2)
            }
            return { _ in }
        }
        _ = try await bench.whileWorking([handler], slots: 1) { await bench.ends(22) }
        #expect(started.withLock { Array($0.prefix(2)) } == [first[0], urgent])
    }

    /// Another takes the job and ends it.
    private func steal(_ id: JobID, on bench: WorkerBench) async throws {
        _ = try await bench.database.write { session in
            let token = try bench.queue.find(id, in: session)?.course.token ?? 0
            try bench.queue.apply(.released(token: token), to: id, in: session)
        }
        let job = try #require(try await bench.queue.claim(from: ["default"], by: "grace"))
        try await bench.database.write { try bench.queue.complete([job], in: $0) }
    }

    private func entering(
        _ before: @escaping @Sendable (Job, any WriteSession) throws -> Void
    ) -> ScriptedHandler {
        ScriptedHandler { job in
            { session in
                try before(job, session)
                try session.execute("INSERT INTO ledger (job_id, note) VALUES (\(job.id), \(job.id.text))")
            }
        }
    }

    private func enqueue(_ count: Int, on bench: WorkerBench) async throws -> [JobID] {
        let jobs = try (0..<count).map { try NewJob(kind: "tune", payload: $0) }
        return try await bench.database.write { try bench.queue.enqueue(jobs, in: $0) }
    }
}

/// Counts the transactions that write.
private final class CountedDatabase: Database {
    let hasOneWriter: Bool
    private let base: any Database
    private let count = Mutex(0)

    init(_ base: any Database, hasOneWriter: Bool) {
        (self.base, self.hasOneWriter) = (base, hasOneWriter)
    }

    var writes: Int { count.withLock { $0 } }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try await base.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        count.withLock { $0 += 1 }
        return try await base.write(body)
    }
}
