import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let estimates = [
        JobQueuePromise("nothing is foretold where nothing was done, nor of what is over") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            #expect(try await bench.estimate(of: id) == nil)
            #expect(try await bench.estimate(of: .random()) == nil)
            try await bench.run(id, for: 60)
            #expect(try await bench.estimate(of: id) == nil)
            // Another queue's jobs tell nothing of this one's.
            #expect(try await bench.estimate(of: try await bench.enqueue(queue: "other")) == nil)
        },
        JobQueuePromise("a job that meets no other is done after a usual run") { database in
            let bench = QueueBench(database)
            try await bench.runSome(for: 60)
            let now = bench.clock.now()
            let estimate = try await bench.estimate(of: try await bench.enqueue())
            #expect(estimate?.start == now && estimate?.completion == now + .seconds(60) && estimate?.before == 0)
        },
        JobQueuePromise("a job waits for those that are taken before it, and for the one that runs") { database in
            let bench = QueueBench(database)
            try await bench.runSome(for: 60)
            let first = try await bench.enqueue()
            bench.clock.advance(by: .seconds(1))
            _ = try await bench.claimed()
            for _ in 0..<3 { try await bench.enqueue() }
            bench.clock.advance(by: .seconds(30))
            let last = try await bench.enqueue()
            let now = bench.clock.now()
            let half = try await bench.estimate(of: first)
            #expect(half?.start == now - .seconds(30) && half?.completion == now + .seconds(30))
            let estimate = try #require(try await bench.estimate(of: last))
            #expect(estimate.before == 3)
            #expect(abs((estimate.start - now) / .seconds(1) - 210) < 1)
            #expect(abs((estimate.completion - now) / .seconds(1) - 270) < 1)
            // An urgent one passes those that wait.
            let urgent = try #require(try await bench.estimate(of: try await bench.enqueue(priority: 1)))
            #expect(urgent.before == 0)
            #expect(abs((urgent.start - now) / .seconds(1) - 30) < 1)
        },
        JobQueuePromise("as many as run at once shorten the wait") { database in
            let bench = QueueBench(database)
            try await bench.runSome(for: 60, atOnce: 4)
            for _ in 0..<8 { try await bench.enqueue() }
            bench.clock.advance(by: .seconds(1))
            let last = try await bench.enqueue()
            bench.clock.advance(by: .seconds(2))
            #expect(try await bench.queue.claim(from: ["default"], by: "ada", upTo: 4).count == 4)
            bench.clock.advance(by: .seconds(30))
            let (now, estimate) = (bench.clock.now(), try #require(try await bench.estimate(of: last)))
            #expect(estimate.before == 4)
            // The fifth to start after now is the first of the second four.
            #expect(abs((estimate.start - now) / .seconds(1) - 45) < 16, "\(estimate.start - now)")
        },
        JobQueuePromise("a job for later starts at its time, or after those that come due before it") { database in
            let bench = QueueBench(database)
            try await bench.runSome(for: 60)
            let due = bench.clock.now() + .seconds(3600)
            let alone = try await bench.estimate(of: try await bench.enqueue(runAt: due))
            #expect(alone?.start == due && alone?.completion == due + .seconds(60))
            for _ in 0..<3 { try await bench.enqueue(runAt: due) }
            let behind = try #require(
                try await bench.estimate(of: try await bench.enqueue(runAt: due + .milliseconds(1))))
            #expect(behind.before == 4)
            #expect(behind.start > due + .seconds(110) && behind.start <= due + .seconds(240))
        },
        JobQueuePromise("of a paused queue it is told as if it were resumed now, and nobody's idleness is for ever") {
            database in
            let bench = QueueBench(database)
            try await bench.runSome(for: 60, atOnce: 2)
            try await database.write { try bench.queue.pause("default", in: $0) }
            for _ in 0..<4 { try await bench.enqueue() }
            bench.clock.advance(by: .seconds(1))
            let last = try await bench.enqueue()
            bench.clock.advance(by: .seconds(7200))
            func wait() async throws -> Duration {
                try #require(try await bench.estimate(of: last)).start - bench.clock.now()
            }
            #expect(try await (60...180).contains(wait() / .seconds(1)))
            try await database.write { try bench.queue.resume("default", in: $0) }
            #expect(try await (60...180).contains(wait() / .seconds(1)))
            #expect(try await bench.queue.claim(from: ["default"], by: "ada", upTo: 2).count == 2)
            bench.clock.advance(by: .seconds(5))
            #expect(try await (60...180).contains(wait() / .seconds(1)))
        },
        JobQueuePromise("jobs that only fail are foretold with all their attempts, one among many hardly counts") {
            database in
            let bench = QueueBench(database)
            let unlucky = try await bench.enqueue(kind: "unlucky")
            let job = try await bench.claimed()
            bench.clock.advance(by: .seconds(60))
            try await bench.apply(job.failed("disk full", at: bench.clock.now()), to: unlucky)
            let now = bench.clock.now()
            let own = try #require(try await bench.estimate(of: unlucky)).completion - now
            #expect(own > .seconds(60) && own < .seconds(200), "\(own)")
            bench.clock.advance(by: .seconds(10))
            try await bench.run(unlucky, for: 60)
            try await bench.runSome(20, for: 60)
            let later = bench.clock.now()
            let other = try #require(try await bench.estimate(of: try await bench.enqueue())).completion - later
            #expect(other == .seconds(60))
        },
        JobQueuePromise("a job that runs longer than any did before is not over yet") { database in
            let bench = QueueBench(database)
            try await bench.runSome(for: 60)
            let slow = try await bench.enqueue()
            _ = try await bench.claimed()
            bench.clock.advance(by: .seconds(6000))
            let (now, estimate) = (bench.clock.now(), try #require(try await bench.estimate(of: slow)))
            #expect(estimate.completion > now && estimate.completion < now + .seconds(3600))
        },
        JobQueuePromise("runs of which a clock made ages lead to no time that cannot be told") { database in
            let bench = QueueBench(database)
            for _ in 0..<3 { try await bench.run(try await bench.enqueue(), for: 1 << 50) }
            for _ in 0..<100 { try await bench.enqueue() }
            let estimate = try #require(try await bench.estimate(of: try await bench.enqueue()))
            #expect(estimate.completion > bench.clock.now())
        },
        JobQueuePromise("behind more jobs than are looked at, so many are said to be before") { database in
            let bench = QueueBench(database)
            try await bench.runSome(for: 60)
            let many = try (0..<JobQueue.furthestLook + 50).map { try NewJob(kind: "tune", payload: $0) }
            _ = try await database.write { try bench.queue.enqueue(many, in: $0) }
            bench.clock.advance(by: .seconds(1))
            let last = try await bench.enqueue()
            let (now, estimate) = (bench.clock.now(), try #require(try await bench.estimate(of: last)))
            #expect(estimate.before == JobQueue.furthestLook)
            #expect(estimate.start - now >= .seconds(900 * 60))
        },
    ]
}

extension QueueBench {
    fileprivate func estimate(of id: JobID) async throws -> JobEstimate? {
        let queue = queue
        return try await database.read { try queue.estimate(of: id, in: $0) }
    }

    /// Runs a job that is the next.
    fileprivate func run(_ id: JobID, for seconds: Int) async throws {
        let job = try await claimed()
        #expect(job.id == id)
        clock.advance(by: .seconds(seconds))
        try await apply(.succeeded(token: job.token), to: id)
    }

    /// Runs some jobs of one length; each group of them waits a while, as there is no room for more at once.
    fileprivate func runSome(_ count: Int = 8, for seconds: Int, atOnce slots: Int = 1) async throws {
        for _ in 0..<count { try await enqueue() }
        clock.advance(by: .seconds(2))
        while true {
            let jobs = try await queue.claim(from: ["default"], by: "ada", upTo: slots)
            if jobs.isEmpty { return }
            clock.advance(by: .seconds(seconds))
            for job in jobs { try await apply(.succeeded(token: job.token), to: job.id) }
        }
    }
}
