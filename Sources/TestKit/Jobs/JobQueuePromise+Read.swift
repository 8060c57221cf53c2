import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let reading = [
        JobQueuePromise("jobs are found by where they stand, whose they are and what they do, the newest first") {
            database in
            let bench = QueueBench(database)
            let ada = AccountID.random()
            var ids: [JobID] = []
            for number in 0..<4 {
                bench.clock.advance(by: .seconds(1))
                ids.append(
                    try await bench.enqueue(
                        kind: number == 1 ? "draw" : "tune", queue: number == 2 ? "pro" : "default",
                        owner: number == 3 ? ada : nil))
            }
            try await bench.cancel(ids[0])
            func find(_ filter: JobFilter, _ limit: Int = 50) async throws -> [JobID] {
                try await database.read {
                    try bench.queue.list(filter, PageRequest(limit: limit), in: $0).items.map(\.id)
                }
            }
            #expect(try await find(JobFilter()) == ids.reversed())
            #expect(try await find(JobFilter(), 2) == [ids[3], ids[2]])
            #expect(try await find(JobFilter(state: .cancelled)) == [ids[0]])
            #expect(try await find(JobFilter(queue: "pro")) == [ids[2]])
            #expect(try await find(JobFilter(state: .ready, kind: "tune")) == [ids[3], ids[2]])
            #expect(try await find(JobFilter(owner: ada)) == [ids[3]])
            let first = try await database.read { try bench.queue.list(JobFilter(), PageRequest(limit: 3), in: $0) }
            let rest = PageRequest(limit: 3, after: first.next)
            #expect(
                try await database.read { try bench.queue.list(JobFilter(), rest, in: $0) }.items.map(\.id) == [ids[0]])
        },
        JobQueuePromise("another owner's job is not found") { database in
            let bench = QueueBench(database)
            let (owner, other) = (AccountID.random(), AccountID.random())
            let id = try await bench.enqueue(owner: owner)
            let own = try await bench.enqueue()
            try await database.read { session in
                let (found, hidden, ownerless) = (
                    try bench.queue.find(id, of: owner, in: session), try bench.queue.find(id, of: other, in: session),
                    try bench.queue.find(own, of: owner, in: session)
                )
                #expect(found?.id == id)
                #expect(hidden == nil && ownerless == nil)
                let others = try bench.queue.list(of: other, PageRequest(), in: session)
                #expect(others.items.isEmpty)
            }
        },
        JobQueuePromise("pages list every job once, newest first, even when times are equal") { database in
            let bench = QueueBench(database)
            let owner = AccountID.random()
            var enqueued: Set<JobID> = []
            for index in 0..<23 {
                enqueued.insert(try await bench.enqueue(owner: owner))
                try await bench.enqueue(owner: .random())
                if index % 8 == 7 { bench.clock.advance(by: .seconds(1)) }
            }
            var (listed, after) = ([Job](), PageCursor?.none)
            repeat {
                let request = PageRequest(limit: 5, after: after)
                let page = try await database.read { try bench.queue.list(of: owner, request, in: $0) }
                #expect(page.items.count == 5 || page.next == nil)
                listed += page.items
                after = page.next
                // What comes in between is newer, and moves nothing.
                bench.clock.advance(by: .seconds(1))
                try await bench.enqueue(owner: owner)
            } while after != nil && listed.count < 100
            #expect(listed.count == 23 && Set(listed.map(\.id)) == enqueued)
            let order = listed.map { ($0.createdAt, $0.id.text) }
            #expect(zip(order, order.dropFirst()).allSatisfy { $0 > $1 })
        },
        JobQueuePromise("a list whose last page is full ends there") { database in
            let bench = QueueBench(database)
            let owner = AccountID.random()
            for _ in 0..<4 { try await bench.enqueue(owner: owner) }
            let request = PageRequest(limit: 4)
            let page = try await database.read { try bench.queue.list(of: owner, request, in: $0) }
            #expect(page.items.count == 4)
            #expect(page.next == nil)
        },
        JobQueuePromise("counts tell how many jobs stand where") { database in
            let bench = QueueBench(database)
            try await bench.enqueue(runAt: bench.clock.now() + .seconds(5))
            for _ in 0..<3 { try await bench.enqueue(queue: "pro") }
            _ = try await bench.claim(from: ["pro"])
            let counts = try await database.read { try bench.queue.counts(in: $0) }
            let found = Dictionary(uniqueKeysWithValues: counts.map { ("\($0.queue) \($0.state)", $0.count) })
            #expect(found == ["default scheduled": 1, "pro ready": 2, "pro leased": 1])
        },
    ]
}
