import Jobs
import Storage
import StorageTestKit
import Testing

extension SchedulePromise {
    static let byHand = [
        SchedulePromise("a paused schedule claims nothing, and goes on after the pause with the next slot") { bench in
            try await bench.put(bench.everyMinute())
            try await bench.pause()
            bench.advance(minutes: 3)
            #expect(try await bench.claim().isEmpty)
            let paused = try await bench.entry()
            #expect((paused.status, paused.nextSlot) == (.paused, nil))
            try await bench.resume()
            #expect(try await bench.claim().isEmpty)
            bench.advance(minutes: 1)
            #expect(try await bench.claim().map(\.slot) == [bench.minute(4)])
        },
        SchedulePromise("to resume what is not paused passes over nothing") { bench in
            try await bench.put(bench.everyMinute())
            bench.advance(minutes: 2)
            try await bench.resume()
            #expect(try await bench.claim().count == 2)
        },
        SchedulePromise("a run by hand enqueues the job at once, is recorded, and touches no slot") { bench in
            try await bench.put(bench.everyMinute())
            try await bench.pause()
            let run = try await bench.runByHand()
            #expect((run.slot, run.claimedBy) == (nil, "grace"))
            #expect(try await bench.jobs().map(Optional.some) == [run.job])
            #expect(try await bench.entry().lastRun == run)
            try await bench.resume()
            _ = try await bench.runByHand()
            #expect(try await bench.entry().nextSlot == bench.minute(1))
            #expect(try await bench.runs().count == 2)
        },
        SchedulePromise("a disabled schedule is not run by hand") { bench in
            try await bench.put(bench.everyMinute())
            try await bench.database.write { try bench.schedules.disable("minutely", in: $0) }
            await #expect(throws: ScheduleError.disabled("minutely")) { try await bench.runByHand() }
        },
        SchedulePromise("what is done to a schedule that is not there is refused") { bench in
            let missing = ScheduleError.notFound("minutely")
            await #expect(throws: missing) { try await bench.pause() }
            await #expect(throws: missing) { try await bench.resume() }
            await #expect(throws: missing) { try await bench.runByHand() }
            await #expect(throws: missing) {
                try await bench.database.write { try bench.schedules.disable("minutely", in: $0) }
            }
        },
    ]
}
