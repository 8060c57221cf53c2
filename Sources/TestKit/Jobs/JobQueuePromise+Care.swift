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
        JobQueuePromise("what goes on with work that was taken is taken, full or draining, and fills nothing") {
            database in
            let bench = QueueBench(database)
            let next = try (0..<4).map { try NewJob(kind: "tune", payload: $0) }
            try await database.write { session in
                try bench.queue.setCapacity(1, of: "default", in: session)
                _ = try bench.queue.enqueue(Array(next[..<2]), asFollowUp: true, in: session)
            }
            try await bench.enqueue()
            await #expect(throws: JobQueueError.full(queue: "default", capacity: 1)) { try await bench.enqueue() }
            try await database.write { session in
                _ = try bench.queue.enqueue(next[2], asFollowUp: true, in: session)
                try bench.queue.drain("default", in: session)
                _ = try bench.queue.enqueue(next[3], asFollowUp: true, in: session)
            }
            #expect(try await bench.queue.claim(from: ["default"], by: "ada", upTo: 9).count == 5)
        },
        JobQueuePromise("a full queue refuses no job that is there already") { database in
            let bench = QueueBench(database)
            try await database.write { try bench.queue.setCapacity(1, of: "default", in: $0) }
            let twins = try (0..<2).map { try NewJob(kind: "tune", payload: $0, unique: .whileOpen("a")) }
            for twin in twins {
                #expect(try await database.write { try bench.queue.enqueue(twin, in: $0) } == twins[0].id)
            }
        },
        JobQueuePromise("equal unique jobs that come together take the room of one") { database in
            let bench = QueueBench(database)
            try await database.write { try bench.queue.setCapacity(1, of: "default", in: $0) }
            let twins = try (0..<2).map { try NewJob(kind: "tune", payload: $0, unique: .whileOpen("a")) }
            let ids = try await database.write { try bench.queue.enqueue(twins, in: $0) }
            #expect(Set(ids) == [twins[0].id])
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
        JobQueuePromise("the one job of a stretch of time is not forgotten in it") { database in
            let bench = QueueBench(database)
            func enqueue() async throws -> JobID {
                let job = try NewJob(kind: "digest", payload: 1, unique: .oncePer(.seconds(30 * 86_400), "monthly"))
                return try await database.write { try bench.queue.enqueue(job, in: $0) }
            }
            let first = try await enqueue()
            try await bench.cancel(first)
            bench.clock.advance(by: .seconds(3600))
            func prune() async throws -> Int {
                let limit = bench.clock.now()
                return try await database.write { try bench.queue.prune(endedBefore: limit, in: $0) }
            }
            #expect(try await prune() == 0)
            bench.clock.advance(by: .seconds(31 * 86_400))
            #expect(try await prune() == 1)
            #expect(try await enqueue() != first)
        },
        JobQueuePromise("a unique job that is replayed is the only one again, or makes way for the one that is") {
            database in
            let bench = QueueBench(database)
            func enqueue() async throws -> JobID {
                let job = try NewJob(kind: "tune", payload: 1, unique: .whileOpen("song 1"))
                return try await database.write { try bench.queue.enqueue(job, in: $0) }
            }
            let first = try await enqueue()
            try await bench.apply(.failedForGood(token: bench.claimed().token, reason: "no sound"), to: first)
            try await database.write { _ = try bench.queue.replay(first, in: $0) }
            #expect(try await enqueue() == first)
            try await bench.apply(.failedForGood(token: bench.claimed().token, reason: "no sound"), to: first)
            let second = try await enqueue()
            await #expect(throws: JobQueueError.replaced(first, by: second)) {
                try await database.write { _ = try bench.queue.replay(first, in: $0) }
            }
            try await bench.cancel(second)
            try await database.write { _ = try bench.queue.replay(first, in: $0) }
            #expect(try await enqueue() == first)
        },
        JobQueuePromise("reasons and notes are kept, whatever bytes are in them") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            try await bench.queue.report(JobProgress(0.5, "a\0b"), of: job)
            let reason = "signal\0 11 " + String(repeating: "é", count: 5000)
            try await bench.apply(.failedForGood(token: job.token, reason: reason), to: id)
            let kept = try #require(try await bench.job(id).error)
            #expect(kept.hasPrefix("signal\u{FFFD} 11 éé"))
            #expect((4095...4096).contains(kept.utf8.count))
            #expect(try await bench.history(of: id).map(\.reason) == [kept])
        },
        JobQueuePromise("a queue's figures tell what waits, how long, and what was done of late") { database in
            let bench = QueueBench(database)
            try await bench.enqueue()
            bench.clock.advance(by: .seconds(600))
            try await bench.apply(.succeeded(token: 1), to: bench.claimed().id)
            bench.clock.advance(by: .seconds(200))
            for queue in ["default", "default", "pro"] { try await bench.enqueue(queue: queue) }
            try await bench.enqueue(runAt: bench.clock.now() + .seconds(900))
            let failing = try await bench.claimed()
            try await bench.apply(failing.failed("late", at: bench.clock.now()), to: failing.id)
            bench.clock.advance(by: .seconds(120))
            try await database.write { try bench.queue.pause("idle", in: $0) }
            func figures() async throws -> [QueueStatistics] {
                try await database.read { try bench.queue.statistics(in: $0) }
            }
            let all = try await figures()
            #expect(all.map(\.queue) == ["default", "idle", "pro"])
            let first = try #require(all.first)
            #expect([first.ready, first.scheduled, first.retryable, first.running, first.dead] == [1, 1, 1, 0, 0])
            #expect((first.succeeded, first.failed, first.longestWait) == (0, 1, .seconds(120)))
            #expect(all[1].settings.isPaused)
            #expect((all[2].ready, all[2].longestWait) == (1, .seconds(120)))
            let whole = try await database.read { try bench.queue.statistics(over: .seconds(3600), in: $0) }
            #expect(whole[0].succeeded == 1)
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
