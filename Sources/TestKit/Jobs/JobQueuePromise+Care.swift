import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let settings = [
        JobQueuePromise("a paused queue takes jobs and starts none, until it is resumed") { database in
            let bench = QueueBench(database)
            try await database.write { try bench.queue.pause("default", in: $0) }
            let id = try await bench.enqueue()
            let other = try await bench.enqueue(queue: "pro")
            #expect(try await bench.claim() == nil)
            #expect(try await bench.claim(from: ["default", "pro"])?.id == other)
            var settings = QueueSettings("default")
            settings.isPaused = true
            #expect(try await database.read { try bench.queue.settings(in: $0) } == [settings])
            try await database.write { try bench.queue.resume("default", in: $0) }
            #expect(try await bench.claim()?.id == id)
        },
        JobQueuePromise("a draining queue does what waits and takes nothing new") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            try await database.write { try bench.queue.drain("default", in: $0) }
            await #expect(throws: JobQueueError.draining(queue: "default")) { try await bench.enqueue() }
            #expect(try await bench.claim()?.id == id)
            // What failed is tried again: it is not new.
            try await bench.apply(.released(token: 1), to: id)
            #expect(try await bench.claim()?.id == id)
            try await bench.enqueue(queue: "pro")
            try await database.write { try bench.queue.resume("default", in: $0) }
            try await bench.enqueue()
        },
        JobQueuePromise("a queue holds as many waiting jobs as it may, and then says that it is full") { database in
            let bench = QueueBench(database)
            try await database.write { try bench.queue.setCapacity(3, of: "default", in: $0) }
            try await bench.enqueue()
            try await bench.enqueue(runAt: bench.clock.now() + .seconds(5))
            let two = try (0..<2).map { try NewJob(kind: "tune", payload: $0) }
            let full = JobQueueError.full(queue: "default", capacity: 3)
            await #expect(throws: full) { try await database.write { try bench.queue.enqueue(two, in: $0) } }
            try await bench.enqueue()
            await #expect(throws: full) { try await bench.enqueue() }
            try await bench.enqueue(queue: "pro")
            // One that runs makes room.
            _ = try await bench.claimed()
            try await bench.enqueue()
            try await database.write { try bench.queue.setCapacity(nil, of: "default", in: $0) }
            for _ in 0..<5 { try await bench.enqueue() }
        },
    ]

    static let care = [
        JobQueuePromise("what waits for its time can be done at once") { database in
            let bench = QueueBench(database)
            let later = try await bench.enqueue(runAt: bench.clock.now() + .seconds(60))
            try await database.write { _ = try bench.queue.hurry(later, in: $0) }
            let job = try await bench.claimed()
            #expect(job.id == later)
            try await bench.apply(job.failed("disk full", at: bench.clock.now()), to: later)
            try await database.write { _ = try bench.queue.hurry(later, in: $0) }
            #expect(try await bench.claim()?.id == later)
            await #expect(throws: InvalidTransition.self) {
                try await database.write { _ = try bench.queue.hurry(later, in: $0) }
            }
            let nobody = JobID.random()
            await #expect(throws: JobQueueError.notFound(nobody)) {
                try await database.write { _ = try bench.queue.hurry(nobody, in: $0) }
            }
        },
        JobQueuePromise("dead jobs are listed with their reasons, the last one first, and can be replayed") {
            database in
            let bench = QueueBench(database)
            var died: [JobID] = []
            for number in 0..<5 {
                let id = try await bench.enqueue(queue: number == 3 ? "pro" : "default")
                let job = try #require(try await bench.claim(from: ["default", "pro"]))
                try await bench.apply(.failedForGood(token: job.token, reason: "no sound \(number)"), to: id)
                bench.clock.advance(by: .seconds(1))
                died.insert(id, at: 0)
            }
            var (seen, after) = ([Job](), PageCursor?.none)
            repeat {
                let request = PageRequest(limit: 2, after: after)
                let page = try await database.read { try bench.queue.dead(request, in: $0) }
                (seen, after) = (seen + page.items, page.next)
            } while after != nil
            #expect(seen.map(\.id) == died)
            #expect(seen.map(\.error) == (0..<5).reversed().map { "no sound \($0)" })
            let pro = try await database.read { try bench.queue.dead(of: "pro", in: $0) }
            #expect(pro.items.map(\.id) == [died[1]])
            let first = died[4]
            let again = try await database.write { try bench.queue.replay(first, in: $0) }
            #expect((again.course.state, again.course.attempts, again.completedAt) == (.ready, 0, nil))
            #expect(try await bench.claim()?.id == first)
            let history = try await database.read { try bench.queue.history(of: first, in: $0) }
            #expect(history.map(\.outcome) == ["failed for good"])
            #expect((history.first?.reason, history.first?.worker) == ("no sound 0", "ada"))
        },
        JobQueuePromise("what ended long ago is forgotten with its history, dead jobs only when asked") { database in
            let bench = QueueBench(database)
            let ids = [try await bench.enqueue(), try await bench.enqueue(), try await bench.enqueue()]
            _ = try await bench.queue.claim(from: ["default"], by: "ada", upTo: 3)
            try await bench.apply(.succeeded(token: 1), to: ids[0])
            try await bench.apply(.failedForGood(token: 1, reason: "no sound"), to: ids[1])
            bench.clock.advance(by: .seconds(10))
            let young = try await bench.enqueue()
            try await bench.cancel(young)
            let limit = bench.clock.now()
            #expect(try await database.write { try bench.queue.prune(endedBefore: limit, in: $0) } == 1)
            #expect(try await database.read { try bench.queue.find(ids[0], in: $0) } == nil)
            #expect(try await database.read { try bench.queue.history(of: ids[0], in: $0) } == [])
            #expect(try await database.write { try bench.queue.prune(endedBefore: limit, dead: true, in: $0) } == 1)
            #expect(try await bench.state(of: young) == .cancelled)
            #expect(try await bench.state(of: ids[2]).status == .processing)
        },
    ]

    static let results = [
        JobQueuePromise("a job tells how far it is, and a stale worker is not heard") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            try await bench.queue.report(JobProgress(0.25, "separating drums"), of: job)
            #expect(try await bench.job(id).progress == JobProgress(0.25, "separating drums"))
            bench.clock.advance(by: bench.queue.policy.lease)
            try await bench.reclaim()
            await #expect(throws: LeaseLost(job: id)) { try await bench.queue.report(JobProgress(0.5), of: job) }
            _ = try await bench.claimed(by: "grace")
            #expect(try await bench.job(id).progress == nil)
        },
        JobQueuePromise("a result is there once the job has succeeded, and not if its transaction is undone") {
            database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            await #expect(throws: Undo.self) {
                try await database.write { session in
                    try bench.queue.setResult(["bpm": 120.5], of: job, in: session)
                    throw Undo()
                }
            }
            #expect(try await bench.job(id).result == nil)
            try await database.write { session in
                try bench.queue.setResult(["bpm": 120.5], of: job, in: session)
                try bench.queue.apply(.succeeded(token: job.token), to: id, in: session)
            }
            #expect(try await bench.job(id).decodeResult(as: [String: Double].self) == ["bpm": 120.5])
            let long = String(repeating: "a", count: NewJob.largestPayload)
            await #expect(throws: JobQueueError.resultTooLarge(bytes: NewJob.largestPayload + 2)) {
                try await database.write { try bench.queue.setResult(long, of: job, in: $0) }
            }
        },
        JobQueuePromise("whoever waits for a job is told of its end, also when it came first") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            async let end = bench.queue.end(of: id, lookingEvery: .milliseconds(20))
            let job = try await bench.claimed()
            try await bench.apply(.succeeded(token: job.token), to: id)
            #expect(try await end.course.state == .succeeded)
            #expect(try await bench.queue.end(of: id).id == id)
            let nobody = JobID.random()
            await #expect(throws: JobQueueError.notFound(nobody)) { try await bench.queue.end(of: nobody) }
        },
    ]
}
