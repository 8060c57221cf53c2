import Jobs
import Storage
import StorageTestKit
import Testing

extension SchedulePromise {
    static let claiming = [
        SchedulePromise("a slot is claimed when it has come, with a run and a job, and once") { bench in
            let owner = AccountID.random()
            try await bench.put(bench.everyMinute(owner: owner))
            bench.clock.advance(by: .milliseconds(59_999))
            #expect(try await bench.claim().isEmpty)
            bench.clock.advance(by: .milliseconds(1))
            let run = try #require(try await bench.claim().first)
            #expect((run.schedule, run.slot, run.claimedBy) == ("minutely", bench.minute(1), "ada"))
            #expect(run.claimedAt == bench.clock.now())
            #expect(try await bench.claim().isEmpty)

            let claimed = try #require(try await bench.queue.claim(from: ["upkeep"], by: "grace"))
            #expect((claimed.id, claimed.kind, claimed.priority) == (run.job, "tune", 3))
            #expect(claimed.owner == owner)
            #expect(try claimed.decodePayload(as: [String: Int].self) == ["take": 1])
            #expect(try await bench.runs().count == 1)
            #expect(try await bench.entry().nextSlot == bench.minute(2))
        },
        SchedulePromise("a new schedule begins with its first slot after now") { bench in
            bench.clock.advance(by: .seconds(30))
            try await bench.put(bench.everyMinute())
            #expect(try await bench.entry().nextSlot == bench.minute(1))
            #expect(try await bench.claim().isEmpty)
        },
        SchedulePromise("a claim that is undone leaves the slot to others, and nothing else") { bench in
            try await bench.put(bench.everyMinute())
            bench.advance(minutes: 1)
            await #expect(throws: Undo.self) {
                try await bench.database.write { session in
                    let runs = try bench.schedules.claim("minutely", by: "ada", in: session)
                    #expect(runs.count == 1)
                    throw Undo()
                }
            }
            #expect(try await bench.runs().isEmpty)
            #expect(try await bench.jobs().isEmpty)
            #expect(try await bench.claim(by: "grace").map(\.slot) == [bench.minute(1)])
        },
        SchedulePromise("8 schedulers at once claim every slot of 10 schedules, each once") { bench in
            for number in 0..<10 { try await bench.put(bench.everyMinute("schedule \(number)")) }
            for round in 1...5 {
                bench.advance(minutes: round)
                let claimed = try await withThrowingTaskGroup(of: [ScheduleRun].self) { schedulers in
                    for scheduler in 0..<8 {
                        schedulers.addTask { try await bench.claim(by: "scheduler \(scheduler)") }
                    }
                    return try await schedulers.reduce(into: []) { $0 += $1 }
                }
                #expect(claimed.count == 10 * round)
            }
            let runs = try await bench.runs()
            let slots = Set(runs.map { "\($0.schedule) \($0.slot?.description ?? "")" })
            #expect(runs.count == 150 && slots.count == 150)
            #expect(Set(try await bench.jobs()) == Set(runs.compactMap(\.job)))
        },
        SchedulePromise("a schedule that cannot be read holds up no other, and is told") { bench in
            for name in ["a", "b", "c"] { try await bench.put(bench.everyMinute(name)) }
            _ = try await bench.database.write {
                try $0.execute("UPDATE schedules SET recurrence = 'at full moon' WHERE name = 'a'")
            }
            bench.advance(minutes: 1)
            let turn = try await bench.schedules.claimDue(by: "ada")
            #expect(Set(turn.runs.map(\.schedule)) == ["b", "c"])
            #expect(Array(turn.failures.keys) == ["a"])
            #expect(turn.failures["a"]?.contains("3 fields where cron has five") == true)
            #expect(turn.nextSlot == bench.minute(2))
        },
        SchedulePromise("more schedules than one look takes are all claimed") { bench in
            let schedules = try (0..<250).map { try bench.everyMinute("schedule \($0)") }
            try await bench.register(schedules)
            bench.advance(minutes: 1)
            #expect(Set(try await bench.claim().map(\.schedule)).count == 250)
            #expect(try await bench.claim().isEmpty)
        },
    ]
}
