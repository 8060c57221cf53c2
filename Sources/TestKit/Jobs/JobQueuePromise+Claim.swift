import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let claiming = [
        JobQueuePromise("a worker is given only what it knows how to do") { database in
            let bench = QueueBench(database)
            let unknown = try await bench.enqueue(kind: "draw", priority: 1)
            let known = try await bench.enqueue(kind: "tune")
            let demands = [QueueDemand("default", atMost: 5)]
            let claimed = try await bench.queue.claim(demands, of: ["tune"], by: "ada", upTo: 5)
            #expect(claimed.map(\.id) == [known])
            #expect(try await bench.queue.claim(demands, of: ["tune"], by: "ada", upTo: 5).isEmpty)
            #expect(try await bench.state(of: unknown) == .ready)
        },
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
        JobQueuePromise("a claim of many takes the first that are due, in their order, each with its own token") {
            database in
            let bench = QueueBench(database)
            var ids: [JobID] = []
            for priority in [0, .min, 7, .max, 7] {
                ids.append(try await bench.enqueue(priority: priority))
                bench.clock.advance(by: .milliseconds(1))
            }
            let tried = try await bench.claimed()
            try await bench.apply(.released(token: tried.token), to: tried.id)
            let jobs = try await bench.queue.claim(from: ["default"], by: "ada", upTo: 4)
            #expect(jobs.map(\.id) == [3, 2, 4, 0].map { ids[$0] })
            #expect(jobs.map(\.token) == [2, 1, 1, 1])
            for job in jobs { #expect(try await bench.job(job.id).course == job.course) }
            #expect(try await bench.queue.claim(from: ["default"], by: "grace", upTo: 0).isEmpty)
            #expect(try await bench.queue.claim(from: ["default"], by: "grace", upTo: 10_000).map(\.id) == [ids[1]])
            #expect(try await bench.queue.claim(from: ["default"], by: "grace", upTo: 10).isEmpty)
        },
        JobQueuePromise("a claim of many from several queues takes the first of all of them") { database in
            let bench = QueueBench(database)
            var ids: [JobID] = []
            for (queue, priority) in [("free", 0), ("pro", 0), ("free", 9), ("pro", 5), ("other", 99), ("pro", 9)] {
                ids.append(try await bench.enqueue(queue: queue, priority: priority))
                bench.clock.advance(by: .milliseconds(1))
            }
            for expected in [[2, 5, 3], [0, 1]] {
                let jobs = try await bench.queue.claim(from: ["pro", "free", "pro"], by: "ada", upTo: 3)
                #expect(jobs.map(\.id) == expected.map { ids[$0] })
            }
        },
        JobQueuePromise("8 workers that claim many at once share 100 jobs, each job to one") { database in
            let bench = QueueBench(database)
            var enqueued: Set<JobID> = []
            for _ in 0..<100 { enqueued.insert(try await bench.enqueue()) }
            let claimed = try await withThrowingTaskGroup(of: [Job].self) { workers in
                for worker in 0..<8 {
                    workers.addTask {
                        var jobs: [Job] = []
                        while true {
                            let more = try await bench.queue.claim(from: ["default"], by: "\(worker)", upTo: 7)
                            guard !more.isEmpty else { return jobs }
                            jobs += more
                        }
                    }
                }
                return try await workers.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 100)
            #expect(Set(claimed.map(\.id)) == enqueued)
        },
        JobQueuePromise("a heartbeat beside the request to cancel loses neither") { database in
            let bench = QueueBench(database)
            for _ in 0..<20 {
                _ = try await bench.enqueue()
                let job = try await bench.claimed()
                async let beat = bench.queue.heartbeat(job)
                async let cancelled = bench.cancel(job.id)
                _ = try await (beat, cancelled)
                #expect(try await bench.queue.heartbeat(job))
                try await bench.apply(.stopped(token: job.token), to: job.id)
            }
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
