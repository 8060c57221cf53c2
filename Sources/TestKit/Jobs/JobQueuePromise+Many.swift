import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let many = [
        JobQueuePromise("many jobs are enqueued together as they are one by one, or none of them") { database in
            let bench = QueueBench(database)
            let (owner, later) = (AccountID.random(), bench.clock.now() + .seconds(10))
            let jobs = try (0..<250).map { number in
                try NewJob(
                    kind: "kind \(number)", payload: "take '\(number)'",
                    queue: number.isMultiple(of: 2) ? "pro" : "free",
                    priority: number, owner: number.isMultiple(of: 3) ? owner : nil,
                    runAt: number.isMultiple(of: 5) ? later : nil)
            }
            await #expect(throws: Undo.self) {
                try await database.write { session in
                    try bench.queue.enqueue(jobs, in: session)
                    throw Undo()
                }
            }
            _ = try await database.write { try bench.queue.enqueue([], in: $0) }
            #expect(try await database.read { try bench.queue.counts(in: $0) }.isEmpty)
            _ = try await database.write { try bench.queue.enqueue(jobs, in: $0) }
            for (number, job) in jobs.enumerated() {
                let kept = try await bench.job(job.id)
                #expect((kept.kind, kept.payload, kept.queue) == (job.kind, job.payload, job.queue))
                #expect((kept.priority, kept.owner, kept.createdAt) == (number, job.owner, bench.clock.now()))
                #expect(kept.course == JobCourse(number.isMultiple(of: 5) ? .scheduled(at: later) : .ready))
            }
        },
        JobQueuePromise("many jobs are completed together, each with its history") { database in
            let bench = QueueBench(database)
            let jobs = try (0..<130).map { try NewJob(kind: "tune", payload: $0) }
            _ = try await database.write { try bench.queue.enqueue(jobs, in: $0) }
            var claimed: [Job] = []
            while claimed.count < jobs.count {
                claimed += try await bench.queue.claim(from: ["default"], by: "ada", upTo: 100)
            }
            let claims = claimed
            bench.clock.advance(by: .seconds(1))
            try await database.write(.readCommitted) { try bench.queue.complete(claims, in: $0) }
            for job in claims {
                let ended = try await bench.job(job.id)
                let course = try job.course.applying(.succeeded(token: job.token), bench.queue.policy)
                #expect(ended.course == course)
                #expect(ended.completedAt == bench.clock.now())
                let attempt = EndedAttempt(
                    token: 1, worker: "ada", outcome: "succeeded", reason: nil, startedAt: job.startedAt,
                    endedAt: bench.clock.now())
                #expect(try await bench.history(of: job.id) == [attempt])
            }
        },
        JobQueuePromise("if one of many has gone to another, none is completed") { database in
            let bench = QueueBench(database)
            for _ in 0..<3 { try await bench.enqueue() }
            let jobs = try await bench.queue.claim(from: ["default"], by: "ada", upTo: 3)
            bench.clock.advance(by: bench.queue.policy.lease)
            #expect(try await bench.reclaim() == 3)
            let again = try await bench.queue.claim(from: ["default"], by: "grace", upTo: 1)
            let taken = try #require(again.first?.id)
            for claims in [jobs.filter { $0.id == taken }, again + jobs.filter { $0.id != taken }, again + again] {
                await #expect(throws: LeaseLost.self) {
                    try await database.write { try bench.queue.complete(claims, in: $0) }
                }
            }
            let states = try await database.read { try bench.queue.counts(in: $0) }.map { "\($0.count) \($0.state)" }
            #expect(states.sorted() == ["1 leased", "2 ready"])
            try await database.write { try bench.queue.complete(again, in: $0) }
            #expect(try await bench.state(of: taken) == .succeeded)
        },
    ]
}
