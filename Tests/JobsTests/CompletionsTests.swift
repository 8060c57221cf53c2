import Jobs
import Storage
import Testing

/// Many runs that end at once, and so in few transactions.
@Suite(.timeLimit(.minutes(10))) struct CompletionsTests {
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
        for id in ids { #expect(try await bench.outcomes(of: id) == [bad.contains(id) ? "failed" : "succeeded"]) }
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
