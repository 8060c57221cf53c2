import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let failing = [
        JobQueuePromise("a failed job waits longer each time, and is dead after the third, with its history") {
            database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            var expected: [EndedAttempt] = []
            for (attempt, wait) in [(1, Duration.seconds(1)), (2, .seconds(2))] {
                let job = try await bench.claimed()
                let started = bench.clock.now()
                bench.clock.advance(by: .seconds(3))
                let failed = try await bench.apply(job.failed("disk full \(attempt)", at: bench.clock.now()), to: id)
                #expect(failed.course.state == .retryable(at: bench.clock.now() + wait))
                #expect((failed.error, failed.completedAt) == ("disk full \(attempt)", nil))
                expected.append(
                    EndedAttempt(
                        token: attempt, worker: "ada", outcome: "failed", reason: "disk full \(attempt)",
                        startedAt: started, endedAt: bench.clock.now()))
                bench.clock.advance(by: wait - .milliseconds(1))
                #expect(try await bench.claim() == nil)
                bench.clock.advance(by: .milliseconds(1))
            }
            let last = try await bench.claimed()
            let dead = try await bench.apply(last.failed("disk full 3", at: bench.clock.now()), to: id)
            #expect(dead.course.state == .dead(reason: "disk full 3"))
            #expect((dead.course.attempts, dead.completedAt) == (3, bench.clock.now()))
            #expect(try await bench.job(id).course == dead.course)
            let history = try await bench.history(of: id)
            #expect(Array(history.prefix(2)) == expected)
            #expect(history.last?.reason == "disk full 3")
            bench.clock.advance(by: .seconds(86_400))
            #expect(try await bench.claim() == nil)
        },
        JobQueuePromise("a job whose process died three times is dead, however many attempts are left") { database in
            let bench = QueueBench(database, policy: RetryPolicy(attempts: 10))
            let id = try await bench.enqueue()
            for crash in 1...3 {
                let job = try await bench.claimed()
                let after = try await bench.apply(job.crashed("signal 11", at: bench.clock.now()), to: id)
                #expect((after.course.crashes, after.course.state.isFinal) == (crash, crash == 3))
                bench.clock.advance(by: .seconds(60))
            }
            #expect(try await bench.state(of: id) == .dead(reason: "signal 11"))
        },
        JobQueuePromise("a job that cannot succeed is dead at once") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            try await bench.apply(.failedForGood(token: job.token, reason: "not a sound file"), to: id)
            let dead = try await bench.job(id)
            #expect(dead.course.state == .dead(reason: "not a sound file"))
            #expect(dead.error == "not a sound file")
            #expect(try await bench.history(of: id).map(\.reason) == ["not a sound file"])
        },
        JobQueuePromise("a dead job can be replayed with all its attempts, and its old worker stays out") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let first = try await bench.claimed()
            try await bench.apply(.failedForGood(token: first.token, reason: "no disk"), to: id)
            let replayed = try await bench.apply(.replayed, to: id)
            #expect((replayed.course.attempts, replayed.completedAt) == (0, nil))
            let second = try await bench.claimed(by: "grace")
            #expect(second.token > first.token)
            await #expect(throws: LeaseLost.self) {
                try await bench.apply(.succeeded(token: first.token), to: id)
            }
        },
        JobQueuePromise("what is shown to operators goes to the history, not to the owner") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            let event = job.failed("an internal error", at: bench.clock.now())
            _ = try await database.write {
                try bench.queue.apply(event, to: id, detail: "no such table: takes", in: $0)
            }
            #expect(try await bench.job(id).error == "an internal error")
            #expect(try await bench.history(of: id).map(\.reason) == ["no such table: takes"])
        },
    ]
}
