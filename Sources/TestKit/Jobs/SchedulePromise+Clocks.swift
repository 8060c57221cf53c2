import Jobs
import Storage
import StorageTestKit
import Testing

extension SchedulePromise {
    static let clocks: [SchedulePromise] = [3_600, 86_400].flatMap { jump in
        [
            SchedulePromise("a clock that is set back by \(jump) s fires no slot again") { bench in
                try await bench.put(bench.everyMinute())
                bench.advance(minutes: 3)
                #expect(try await bench.claim().count == 3)
                bench.clock.advance(by: .seconds(-jump))
                #expect(try await bench.claim().isEmpty)
                bench.clock.advance(by: .seconds(jump))
                #expect(try await bench.claim().isEmpty)
                bench.advance(minutes: 1)
                #expect(try await bench.claim().map(\.slot) == [bench.minute(4)])
            },
            SchedulePromise("a clock that leaps ahead by \(jump) s and is set right fires each slot once") { bench in
                try await bench.put(Schedule("quarters", .cron("*/15 * * * *"), catchUp: .all(), enqueues: "tune"))
                var claimed = 0
                for leap in [jump, -jump, 900, 900, jump, -jump, jump] {
                    bench.clock.advance(by: .seconds(leap))
                    claimed += try await bench.claim().count
                }
                let slots = Set(try await bench.runs().compactMap(\.slot))
                let expected = (jump + 1800) / 900
                #expect(claimed == expected && slots.count == expected)
                #expect(try await bench.jobs().count == expected)
            },
            SchedulePromise("after a leap of \(jump) s, pause and resume count from the present, and repeat no slot") {
                bench in
                try await bench.put(bench.everyMinute(catchUp: .once))
                bench.clock.advance(by: .seconds(jump))
                #expect(try await bench.claim().count == 1)
                bench.clock.advance(by: .seconds(-jump))
                try await bench.pause()
                try await bench.resume()
                #expect(try await bench.entry().nextSlot == bench.minute(1))
                bench.advance(minutes: 1)
                #expect(try await bench.claim().map(\.slot) == [bench.minute(1)])
                bench.clock.advance(by: .seconds(jump - 60))
                #expect(try await bench.claim().isEmpty, "the slot was claimed before the clock was set right")
                #expect(try await bench.jobs().count == 2)
                bench.advance(minutes: 1)
                #expect(try await bench.claim().count == 1)
            },
        ]
    }
}
