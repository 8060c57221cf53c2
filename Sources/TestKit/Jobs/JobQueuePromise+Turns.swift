import Jobs
import Storage
import StorageTestKit
import Testing

extension JobQueuePromise {
    static let turns = [
        JobQueuePromise("owners take turns, however many jobs one of them has") { database in
            let bench = QueueBench(database)
            let (ada, grace) = (AccountID.random(), AccountID.random())
            let many = try (0..<5).map { try NewJob(kind: "tune", payload: $0, owner: ada) }
            _ = try await database.write { try bench.queue.enqueue(many, in: $0) }
            bench.clock.advance(by: .seconds(1))
            let few = [try await bench.enqueue(owner: grace), try await bench.enqueue(owner: grace)]
            let own = try await bench.enqueue()
            let order = try await bench.queue.claim(from: ["default"], by: "ada", upTo: 8).map(\.id)
            #expect(order.first == many[0].id)
            #expect(Set(order[1...2]) == [few[0], own])
            #expect(order[3...4] == [many[1].id, few[1]])
            #expect(Array(order[5...]) == many[2...].map(\.id))
        },
        JobQueuePromise("an owner whose jobs are done waits no longer than others") { database in
            let bench = QueueBench(database)
            let (ada, grace) = (AccountID.random(), AccountID.random())
            for _ in 0..<5 { try await bench.enqueue(owner: ada) }
            #expect(try await bench.queue.claim(from: ["default"], by: "ada", upTo: 5).count == 5)
            let next = try await bench.enqueue(owner: ada)
            bench.clock.advance(by: .seconds(1))
            let other = try await bench.enqueue(owner: grace)
            #expect(try await bench.queue.claim(from: ["default"], by: "ada", upTo: 2).map(\.id) == [next, other])
        },
        JobQueuePromise("who comes anew shares with those who have taken many turns, from then on alike") { database in
            let bench = QueueBench(database)
            let (ada, grace) = (AccountID.random(), AccountID.random())
            // Never quite without work, Ada's turns have run far ahead of the time.
            try await bench.enqueue(owner: ada)
            for _ in 0..<200 {
                try await bench.enqueue(owner: ada)
                _ = try await bench.claimed()
                bench.clock.advance(by: .seconds(1))
            }
            var served: [AccountID?] = []
            for _ in 0..<40 {
                try await bench.enqueue(owner: ada)
                try await bench.enqueue(owner: grace)
                served.append(try await bench.claimed().owner)
                bench.clock.advance(by: .seconds(1))
            }
            let share = served.count { $0 == grace }
            #expect((18...22).contains(share), "\(share) of 40")
        },
        JobQueuePromise("jobs that were for later take turns from when they are due") { database in
            let bench = QueueBench(database)
            let (ada, grace) = (AccountID.random(), AccountID.random())
            let later = bench.clock.now() + .seconds(3600)
            for _ in 0..<5 { try await bench.enqueue(owner: ada, runAt: later) }
            bench.clock.advance(by: .seconds(3600))
            let first = try await bench.claimed()
            #expect(first.owner == ada)
            for _ in 0..<2 { try await bench.enqueue(owner: grace) }
            let order = try await bench.queue.claim(from: ["default"], by: "ada", upTo: 6).map(\.owner)
            #expect(order.prefix(4).count { $0 == grace } == 2)
            #expect(order.suffix(2) == [ada, ada])
        },
        JobQueuePromise("a job of one batch that is due waits for none of it that is not") { database in
            let bench = QueueBench(database)
            let ada = AccountID.random()
            let tomorrow = bench.clock.now() + .seconds(86_400)
            let later = try NewJob(kind: "tune", payload: 1, owner: ada, runAt: tomorrow)
            let now = try NewJob(kind: "tune", payload: 2, owner: ada)
            _ = try await database.write { try bench.queue.enqueue([later, now], in: $0) }
            bench.clock.advance(by: .seconds(1))
            let other = try await bench.enqueue(owner: .random())
            #expect(try await bench.queue.claim(from: ["default"], by: "ada", upTo: 2).map(\.id) == [now.id, other])
        },
        JobQueuePromise("what is hurried or replayed stands at the end of its owner's line, as of now") { database in
            let bench = QueueBench(database)
            let (ada, grace) = (AccountID.random(), AccountID.random())
            let hurried = try await bench.enqueue(owner: ada, runAt: bench.clock.now() + .seconds(86_400))
            try await database.write { _ = try bench.queue.hurry(hurried, in: $0) }
            bench.clock.advance(by: .seconds(1))
            let others = [try await bench.enqueue(owner: grace), try await bench.enqueue(owner: grace)]
            let next = try await bench.enqueue(owner: ada)
            let order = try await bench.queue.claim(from: ["default"], by: "ada", upTo: 4).map(\.id)
            #expect(order.first == hurried)
            #expect(Set(order[1...3]) == [others[0], others[1], next])
        },
        JobQueuePromise("an owner's urgent job does not wait for the owner's others") { database in
            let bench = QueueBench(database)
            let ada = AccountID.random()
            for _ in 0..<5 { try await bench.enqueue(owner: ada) }
            let urgent = try await bench.enqueue(priority: 1, owner: ada)
            bench.clock.advance(by: .seconds(1))
            let other = try await bench.enqueue(priority: 1, owner: .random())
            #expect(try await bench.queue.claim(from: ["default"], by: "ada", upTo: 2).map(\.id) == [urgent, other])
        },
        JobQueuePromise("priority comes before turns") { database in
            let bench = QueueBench(database)
            let ada = AccountID.random()
            let low = try await bench.enqueue(owner: .random())
            let urgent = [
                try await bench.enqueue(priority: 1, owner: ada), try await bench.enqueue(priority: 1, owner: ada),
            ]
            #expect(try await bench.queue.claim(from: ["default"], by: "ada", upTo: 3).map(\.id) == urgent + [low])
        },
    ]

    static let unique = [
        JobQueuePromise("of jobs that are to be unique one is kept, until it has ended") { database in
            let bench = QueueBench(database)
            func enqueue(_ kind: String = "tune", _ key: String = "song 1") async throws -> JobID {
                let job = try NewJob(kind: kind, payload: 1, unique: .whileOpen(key))
                return try await database.write { try bench.queue.enqueue(job, in: $0) }
            }
            let first = try await enqueue()
            #expect(try await enqueue() == first)
            let (other, another) = (try await enqueue("tune", "song 2"), try await enqueue("draw"))
            #expect(Set([first, other, another]).count == 3)
            for event in [JobEvent.heartbeat(token: 1, at: bench.clock.now()), .succeeded(token: 1)] {
                if try await bench.state(of: first) == .ready {
                    while try await bench.claim()?.id != first {}
                }
                #expect(try await enqueue() == first)
                try await bench.apply(event, to: first)
            }
            let second = try await enqueue()
            #expect(second != first)
            try await bench.cancel(second)
            #expect(try await enqueue() != second)
        },
        JobQueuePromise("one is kept in each stretch of time, whether it has ended or not") { database in
            let bench = QueueBench(database)
            func enqueue() async throws -> JobID {
                let job = try NewJob(kind: "digest", payload: 1, unique: .oncePer(.seconds(3600), "daily"))
                return try await database.write { try bench.queue.enqueue(job, in: $0) }
            }
            let first = try await enqueue()
            try await bench.cancel(first)
            #expect(try await enqueue() == first)
            bench.clock.advance(by: .seconds(3600))
            let second = try await enqueue()
            #expect(second != first)
            #expect(try await enqueue() == second)
        },
        JobQueuePromise("unique jobs of one transaction, and of many at once, are one") { database in
            let bench = QueueBench(database)
            let twins = try (0..<3).map { try NewJob(kind: "tune", payload: $0, unique: .whileOpen("a")) }
            let ids = try await database.write { try bench.queue.enqueue(twins, in: $0) }
            #expect(ids == [twins[0].id, twins[0].id, twins[0].id])
            let found = try await withThrowingTaskGroup(of: JobID.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let job = try NewJob(kind: "tune", payload: number, unique: .whileOpen("b"))
                        return try await database.write { try bench.queue.enqueue(job, in: $0) }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(found.count == 1)
            let counts = try await database.read { try bench.queue.counts(in: $0) }
            #expect(counts.map(\.count) == [2])
        },
    ]
}
