import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let enqueueing = [
        JobQueuePromise("a job enqueued in a transaction that is undone was never there") { database in
            let bench = QueueBench(database)
            let job = try NewJob(kind: "tune", payload: 1)
            await #expect(throws: Undo.self) {
                try await database.write { session in
                    try bench.queue.enqueue(job, in: session)
                    throw Undo()
                }
            }
            #expect(try await database.read { try bench.queue.find(job.id, in: $0) } == nil)
            #expect(try await bench.claim() == nil)
        },
        JobQueuePromise("a job is kept as it was enqueued") { database in
            let bench = QueueBench(database)
            let (owner, now) = (AccountID.random(), bench.clock.now())
            let new = try NewJob(
                kind: "tune", payload: ["take": "Ünïcode \"9\""], queue: "pro", priority: -3, owner: owner,
                runAt: now + .seconds(5))
            _ = try await database.write { try bench.queue.enqueue(new, in: $0) }
            let job = try await bench.job(new.id)
            #expect(try job.decodePayload(as: [String: String].self) == ["take": "Ünïcode \"9\""])
            #expect(job.payload == new.payload)
            #expect((job.kind, job.queue, job.priority) == ("tune", "pro", -3))
            #expect(job.owner == owner)
            #expect(job.createdAt == now)
            #expect(job.course == JobCourse(.scheduled(at: now + .seconds(5))))
            #expect((job.startedAt, job.completedAt) == (nil, nil))
        },
        JobQueuePromise("a run-at in the past means now") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue(runAt: bench.clock.now() - .seconds(60))
            #expect(try await bench.state(of: id) == .ready)
        },
        JobQueuePromise("a second job of the same name is refused") { database in
            let bench = QueueBench(database)
            let job = try NewJob(kind: "tune", payload: 1)
            _ = try await database.write { try bench.queue.enqueue(job, in: $0) }
            await #expect(throws: DatabaseError.self) {
                _ = try await database.write { try bench.queue.enqueue(job, in: $0) }
            }
        },
        JobQueuePromise("a payload of 128 KiB is kept, one byte more is refused") { database in
            let bench = QueueBench(database)
            let fits = String(repeating: "a", count: NewJob.largestPayload - 2)  // Two quotes make it JSON.
            let job = try NewJob(kind: "tune", payload: fits)
            _ = try await database.write { try bench.queue.enqueue(job, in: $0) }
            #expect(try await bench.job(job.id).payload.count == NewJob.largestPayload)
            #expect(throws: JobQueueError.payloadTooLarge(bytes: NewJob.largestPayload + 1)) {
                try NewJob(kind: "tune", payload: fits + "a")
            }
        },
    ]
}
