import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let claiming = [
        JobQueuePromise("20 workers that claim at once share 10 jobs, each job to one") { database in
            let bench = QueueBench(database)
            var enqueued: Set<JobID> = []
            for _ in 0..<10 { enqueued.insert(try await bench.enqueue()) }
            let claimed = try await withThrowingTaskGroup(of: Job?.self) { workers in
                for worker in 0..<20 {
                    workers.addTask { try await bench.claim(by: "worker \(worker)") }
                }
                return try await workers.reduce(into: [Job]()) { jobs, job in
                    if let job { jobs.append(job) }
                }
            }
            #expect(claimed.count == 10)
            #expect(Set(claimed.map(\.id)) == enqueued)
            #expect(claimed.allSatisfy { $0.token == 1 })
        },
        JobQueuePromise("a claim names the worker, its token and the end of the lease") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue()
            let job = try await bench.claimed(by: "ada")
            let now = bench.clock.now()
            let lease = Lease(worker: "ada", token: 1, until: now + bench.queue.policy.lease)
            #expect(job.id == id)
            #expect(job.course.state == .leased(lease))
            #expect((job.course.attempts, job.startedAt) == (1, now))
            #expect(try await bench.job(id).course == job.course)
        },
        JobQueuePromise("higher priority goes first, then the older job") { database in
            let bench = QueueBench(database)
            var ids: [JobID] = []
            for priority in [0, 5, -1, 5, 0] {
                ids.append(try await bench.enqueue(priority: priority))
                bench.clock.advance(by: .milliseconds(1))
            }
            var order: [JobID] = []
            while let job = try await bench.claim() { order.append(job.id) }
            #expect(order == [1, 3, 0, 4, 2].map { ids[$0] })
        },
        JobQueuePromise("a job is not started before its time") { database in
            let bench = QueueBench(database)
            let id = try await bench.enqueue(runAt: bench.clock.now() + .seconds(10))
            bench.clock.advance(by: .milliseconds(9_999))
            #expect(try await bench.claim() == nil)
            bench.clock.advance(by: .milliseconds(1))
            #expect(try await bench.claim()?.id == id)
        },
        JobQueuePromise("only jobs of the asked queues are taken") { database in
            let bench = QueueBench(database)
            let free = try await bench.enqueue(queue: "free")
            let pro = try await bench.enqueue(queue: "pro")
            #expect(try await bench.claim(from: ["retry"]) == nil)
            #expect(try await bench.claim(from: []) == nil)
            #expect(try await bench.claim(from: ["pro"])?.id == pro)
            #expect(try await bench.claim(from: ["pro"]) == nil)
            #expect(try await bench.claim(from: ["pro", "free"])?.id == free)
        },
    ]
}
