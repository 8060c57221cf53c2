import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let cancelling = [
        JobQueuePromise("a waiting job that is cancelled is never run") { database in
            let bench = QueueBench(database)
            let ready = try await bench.enqueue()
            let scheduled = try await bench.enqueue(runAt: bench.clock.now() + .seconds(5))
            for id in [ready, scheduled] {
                let job = try await bench.cancel(id)
                #expect((job.course.state, job.completedAt) == (.cancelled, bench.clock.now()))
            }
            bench.clock.advance(by: .seconds(60))
            #expect(try await bench.claim() == nil)
        },
        JobQueuePromise("a running job that is cancelled is told at its next heartbeat, and ends when it stops") {
            database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            #expect(try await bench.cancel(id).course.state.status == .processing)
            #expect(try await bench.queue.heartbeat(job))
            try await bench.apply(.stopped(token: job.token), to: id)
            #expect(try await bench.state(of: id) == .cancelled)
            #expect(try await bench.history(of: id).map(\.outcome) == ["stopped"])
        },
        JobQueuePromise("a running job that is cancelled and fails, or vanishes, is not tried again") { database in
            let bench = QueueBench(database)
            let failing = try await bench.enqueue()
            let job = try await bench.claimed()
            try await bench.cancel(failing)
            try await bench.apply(job.failed("disk full", at: bench.clock.now()), to: failing)
            #expect(try await bench.state(of: failing) == .cancelled)

            let vanishing = try await bench.enqueue()
            _ = try await bench.claimed()
            try await bench.cancel(vanishing)
            bench.clock.advance(by: bench.queue.policy.lease)
            try await bench.reclaim()
            #expect(try await bench.state(of: vanishing) == .cancelled)
        },
        JobQueuePromise("a running job may still succeed after it was cancelled") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            try await bench.cancel(id)
            try await bench.apply(.succeeded(token: job.token), to: id)
            #expect(try await bench.state(of: id) == .succeeded)
        },
        JobQueuePromise("a job that has ended cannot be cancelled") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed()
            try await bench.apply(.succeeded(token: job.token), to: id)
            await #expect(throws: InvalidTransition.self) {
                try await bench.cancel(id)
            }
            #expect(try await bench.state(of: id) == .succeeded)
        },
    ]
}
