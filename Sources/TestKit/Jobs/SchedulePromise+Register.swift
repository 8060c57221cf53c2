import Jobs
import Storage
import StorageTestKit
import Testing

extension SchedulePromise {
    static let registering = [
        SchedulePromise("a program that starts again goes on where it stood, and catches up") { bench in
            try await bench.register([bench.everyMinute()])
            bench.advance(minutes: 1)
            try await bench.claim()
            bench.advance(minutes: 2)
            try await bench.register([bench.everyMinute()])
            #expect(try await bench.claim().map(\.slot) == [bench.minute(2), bench.minute(3)])
        },
        SchedulePromise("a schedule that recurs otherwise fires no old slot, neither of the old kind nor of the new") {
            bench in
            try await bench.register([bench.everyMinute()])
            bench.advance(minutes: 1)
            try await bench.claim()
            bench.clock.advance(by: .seconds(150))
            let changed = try Schedule("minutely", .every(.seconds(40)), catchUp: .all(), enqueues: "tune")
            try await bench.register([changed])
            #expect(try await bench.claim().isEmpty)
            bench.clock.advance(by: .seconds(30))
            #expect(try await bench.claim().map(\.slot) == [bench.minute(4)])
            try await bench.register([bench.everyMinute()])
            #expect(try await bench.claim().isEmpty, "the moment is a slot of both kinds, and was claimed")
            bench.advance(minutes: 1)
            #expect(try await bench.claim().map(\.slot) == [bench.minute(5)])
        },
        SchedulePromise("a change while the clock is behind fires no slot that was claimed") { bench in
            try await bench.register([bench.everyMinute()])
            bench.advance(minutes: 10)
            try await bench.claim()
            bench.advance(minutes: -7)
            try await bench.register([Schedule("minutely", .every(.seconds(120)), enqueues: "tune")])
            #expect(try await bench.entry().nextSlot == bench.minute(12))
        },
        SchedulePromise("what a job needs can change while its slots go on") { bench in
            try await bench.register([bench.everyMinute()])
            bench.advance(minutes: 1)
            let changed = try Schedule(
                "minutely", .every(.seconds(60)), enqueues: "mix", payload: ["take": 2], queue: "pro")
            try await bench.register([changed])
            try await bench.claim()
            let job = try #require(try await bench.queue.claim(from: ["pro"], by: "ada"))
            #expect(job.kind == "mix")
            #expect(try job.decodePayload(as: [String: Int].self) == ["take": 2])
        },
        SchedulePromise("what a program no longer has is disabled, and kept with its runs") { bench in
            try await bench.register([bench.everyMinute("old"), bench.everyMinute("new")])
            bench.advance(minutes: 1)
            try await bench.claim()
            try await bench.register([bench.everyMinute("new")])
            let old = try await bench.entry("old")
            #expect((old.status, old.nextSlot) == (.disabled, nil))
            #expect(old.lastRun?.slot == bench.minute(1))
            bench.advance(minutes: 1)
            #expect(try await bench.claim().map(\.schedule) == ["new"])
            try await bench.register([])
            bench.advance(minutes: 1)
            #expect(try await bench.claim().isEmpty)
        },
        SchedulePromise("who registers is told what was disabled by that, once") { bench in
            let all = try ["c", "a", "b"].map { try bench.everyMinute($0) }
            #expect(try await bench.schedules.register(all, by: "app").isEmpty)
            #expect(try await bench.schedules.register([all[2]], by: "app") == ["a", "c"])
            #expect(try await bench.schedules.register([all[2]], by: "app").isEmpty)
            #expect(try await bench.schedules.register([], by: "app") == ["b"])
        },
        SchedulePromise("one that comes back begins after now") { bench in
            try await bench.register([bench.everyMinute()])
            try await bench.register([])
            bench.advance(minutes: 5)
            try await bench.register([bench.everyMinute()])
            let entry = try await bench.entry()
            #expect((entry.status, entry.nextSlot) == (.active, bench.minute(6)))
        },
        SchedulePromise("a pause outlasts the start of a program") { bench in
            try await bench.register([bench.everyMinute()])
            try await bench.pause()
            try await bench.register([bench.everyMinute()])
            #expect(try await bench.entry().status == .paused)
        },
        SchedulePromise("parts of a program leave each other's schedules alone, and cannot take their names") { bench in
            let (mine, yours) = (try bench.everyMinute("mine"), try bench.everyMinute("yours"))
            try await bench.schedules.register([mine], by: "one")
            try await bench.schedules.register([yours], by: "two")
            #expect(try await bench.entry("mine").status == .active)
            await #expect(throws: ScheduleError.nameTaken("mine", by: "one")) {
                try await bench.schedules.register([mine], by: "two")
            }
            try await bench.schedules.register([], by: "one")
            try await bench.schedules.register([mine, yours], by: "two")
            let entry = try await bench.entry("mine")
            #expect((entry.status, entry.registrant) == (.active, "two"))
        },
        SchedulePromise("programs that start together register together") { bench in
            let schedules = try (0..<10).map { try bench.everyMinute("schedule \($0)") }
            try await withThrowingTaskGroup { programs in
                for _ in 0..<6 { programs.addTask { try await bench.register(schedules.shuffled()) } }
                try await programs.waitForAll()
            }
            let entries = try await bench.database.read { try bench.schedules.list(in: $0) }
            #expect(entries.count == 10 && entries.allSatisfy { $0.status == .active })
        },
    ]
}
