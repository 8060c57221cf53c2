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
