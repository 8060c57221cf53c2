import Jobs
import Storage
import StorageTestKit
import Testing

extension SchedulePromise {
    static let catchingUp = [
        SchedulePromise("once: of missed slots the latest is run, and the run tells from where others were passed over")
        {
            bench in
            try await bench.put(bench.everyMinute(catchUp: .once))
            bench.advance(minutes: 5)
            let runs = try await bench.claim()
            #expect(runs.map(\.slot) == [bench.minute(5)])
            #expect(runs.map(\.passedOver) == [bench.minute(1)])
            bench.advance(minutes: 1)
            #expect(try await bench.claim().map(\.passedOver) == [nil])
        },
        SchedulePromise("all: each missed slot is run, the oldest first") { bench in
            try await bench.put(bench.everyMinute(catchUp: .all()))
            bench.advance(minutes: 5)
            let runs = try await bench.claim()
            #expect(runs.map(\.slot) == (1...5).map(bench.minute))
            #expect(runs.allSatisfy { $0.passedOver == nil && $0.job != nil })
            #expect(try await bench.jobs().count == 5)
        },
        SchedulePromise("all, up to a bound: of more missed slots than that, the latest") { bench in
            try await bench.put(bench.everyMinute(catchUp: .all(limit: 3)))
            bench.advance(minutes: 5)
            let runs = try await bench.claim()
            #expect(runs.map(\.slot) == (3...5).map(bench.minute))
            #expect(runs.map(\.passedOver) == [bench.minute(1), nil, nil])
        },
        SchedulePromise("all is never more than a thousand slots at once") { bench in
            try await bench.put(bench.everyMinute(catchUp: .all(limit: .max)))
            bench.advance(minutes: 1100)
            let runs = try await bench.claim()
            #expect(runs.count == CatchUp.mostSlots)
            #expect((runs.first?.slot, runs.last?.slot) == (bench.minute(101), bench.minute(1100)))
            #expect(try await bench.claim().isEmpty)
        },
        SchedulePromise("all, on a queue that holds fewer: as many as it takes, the oldest first, and the others later")
        {
            bench in
            try await bench.put(bench.everyMinute(catchUp: .all()))
            try await bench.database.write { try bench.queue.setCapacity(3, of: "upkeep", in: $0) }
            bench.advance(minutes: 8)
            var slots: [Timestamp?] = []
            for round in 1...3 {
                let turn = try await bench.schedules.claimDue(by: "ada")
                #expect(turn.failures.isEmpty == (round == 3))
                slots += turn.runs.map(\.slot)
                while let job = try await bench.queue.claim(from: ["upkeep"], by: "grace") {
                    _ = try await bench.database.write { session in
                        try bench.queue.apply(.succeeded(token: job.token), to: job.id, in: session)
                    }
                }
            }
            #expect(slots == (1...8).map(bench.minute))
            #expect(try await bench.entry().nextSlot == bench.minute(9))
        },
        SchedulePromise("all, on a queue that stays full: no slot is lost, but those beyond the bound") { bench in
            try await bench.put(bench.everyMinute(catchUp: .all(limit: 5)))
            try await bench.database.write { try bench.queue.setCapacity(0, of: "upkeep", in: $0) }
            for _ in 0..<3 {
                bench.advance(minutes: 3)
                let turn = try await bench.schedules.claimDue(by: "ada")
                #expect(turn.runs.isEmpty && turn.failures["minutely"]?.contains("is full") == true)
            }
            try await bench.database.write { try bench.queue.setCapacity(nil, of: "upkeep", in: $0) }
            let runs = try await bench.claim()
            #expect(runs.map(\.slot) == (5...9).map(bench.minute))
            #expect(runs.map(\.passedOver) == [bench.minute(1), nil, nil, nil, nil])
        },
        SchedulePromise("skip: a slot that is too old is not run, which is recorded; the next one is run") { bench in
            try await bench.put(bench.everyMinute(catchUp: .skip(olderThan: .seconds(20))))
            bench.clock.advance(by: .seconds(5 * 60 + 21))
            let runs = try await bench.claim()
            #expect(runs.map(\.slot) == [bench.minute(5)])
            #expect(runs.map(\.outcome) == [.skipped])
            #expect(runs.map(\.passedOver) == [bench.minute(1)])
            #expect(try await bench.jobs().isEmpty)
            bench.clock.advance(by: .seconds(59))
            #expect(try await bench.claim().map(\.slot) == [bench.minute(6)])
            #expect(try await bench.jobs().count == 1)
        },
    ]
}
