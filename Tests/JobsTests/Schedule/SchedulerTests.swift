import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(30))) struct SchedulerTests {
    @Test func `slots are claimed as time goes by`() async throws {
        let scheduler = try await SchedulerBench()
        let bench = scheduler.bench
        try await bench.put(bench.everyMinute())
        try await scheduler.whileScheduling {
            for minute in 1...5 {
                bench.advance(minutes: 1)
                let lines = await scheduler.lines(1, beginning: "schedule ")
                #expect(lines == ["schedule minutely enqueued \(bench.minute(minute))"])
            }
        }
        #expect(try await bench.jobs().count == 5)
    }

    @Test func `it registers what it is given before it serves`() async throws {
        let scheduler = try await SchedulerBench()
        let bench = scheduler.bench
        try await bench.put(bench.everyMinute("gone"))
        try await scheduler.whileScheduling([bench.everyMinute()]) {
            try await until { try await bench.database.read { try bench.schedules.list(in: $0) }.count == 2 }
            let told = await scheduler.lines(1, beginning: "disabled")
            #expect(told == ["disabled schedules that the program no longer has gone"])
            bench.advance(minutes: 1)
            await scheduler.lines(1, beginning: "schedule minutely enqueued")
        }
        #expect(try await bench.entry("gone").status == .disabled)
    }

    @Test func `what cannot be registered is told, and what is there is served`() async throws {
        let scheduler = try await SchedulerBench()
        let bench = scheduler.bench
        try await bench.put(bench.everyMinute(), by: "another")
        bench.advance(minutes: 1)
        let told = try await scheduler.whileScheduling([bench.everyMinute()]) {
            let told = await scheduler.lines(1, beginning: "cannot register")
            await scheduler.lines(1, beginning: "schedule minutely enqueued")
            return told
        }
        #expect(told.first?.contains("belongs to 'another': choose another name") == true)
    }

    @Test func `a change of the schedules wakes it from a long sleep`() async throws {
        let scheduler = try await SchedulerBench()
        let bench = scheduler.bench
        bench.advance(minutes: 1)
        // Due already, so that its end tells that the scheduler goes to sleep.
        try await bench.put(bench.everyMinute("first"))
        bench.advance(minutes: 1)
        try await scheduler.whileScheduling(sleepingAtMost: .seconds(3_600)) {
            await scheduler.lines(1, beginning: "schedule first")
            for minute in 3...6 {
                bench.advance(minutes: 1)
                // Only the signal can tell it in time.
                try await bench.put(bench.everyMinute("other"))
                let lines = await scheduler.lines(1, beginning: "schedule first")
                #expect(lines == ["schedule first enqueued \(bench.minute(minute))"])
            }
        }
    }

    @Test func `a stop ends a long sleep`() async throws {
        let scheduler = try await SchedulerBench()
        let bench = scheduler.bench
        try await bench.put(bench.everyMinute())
        bench.advance(minutes: 1)
        try await scheduler.whileScheduling(sleepingAtMost: .seconds(3_600)) {
            await scheduler.lines(1, beginning: "schedule minutely")
        }
    }

    @Test func `a database that is away is waited for, and what was missed is caught up`() async throws {
        let scheduler = try await SchedulerBench()
        let bench = scheduler.bench
        let database = AbsentDatabase(bench.database)
        let lines = try await scheduler.whileScheduling([bench.everyMinute()], on: database) {
            await scheduler.lines(3, beginning: "cannot serve the schedules")
            database.isAway = false
            try await until { try await bench.database.read { try bench.schedules.list(in: $0) }.count == 1 }
            database.isAway = true
            bench.advance(minutes: 3)
            await scheduler.lines(3, beginning: "cannot serve the schedules")
            database.isAway = false
            return await scheduler.lines(3, beginning: "schedule minutely")
        }
        #expect(lines == (1...3).map { "schedule minutely enqueued \(bench.minute($0))" })
    }

    @Test func `a schedule that cannot be served is told again and again, and holds up no other`() async throws {
        let scheduler = try await SchedulerBench()
        let bench = scheduler.bench
        for name in ["good", "bad"] { try await bench.put(bench.everyMinute(name)) }
        _ = try await bench.database.write {
            try $0.execute("UPDATE schedules SET catch_up = 'never' WHERE name = 'bad'")
        }
        bench.advance(minutes: 1)
        let told = try await scheduler.whileScheduling {
            await scheduler.lines(1, beginning: "schedule good")
            return await scheduler.lines(2, beginning: "cannot serve a schedule")
        }
        #expect(told.allSatisfy { $0.contains("bad") && $0.contains("'never' is no way to catch up") })
    }

    @Test func `old runs go once they are old`() async throws {
        let scheduler = try await SchedulerBench()
        let bench = scheduler.bench
        try await bench.put(bench.everyMinute(catchUp: .once))
        bench.advance(minutes: 1)
        try await bench.claim()
        bench.advance(minutes: 31 * 1440)
        try await scheduler.whileScheduling {
            await scheduler.lines(1, beginning: "schedule minutely")
            try await until { try await bench.runs().count == 1 }
        }
        #expect(try await bench.runs().map(\.slot) == [bench.minute(1 + 31 * 1440)])
    }

    @Test func `schedulers beside each other claim each slot once`() async throws {
        let scheduler = try await SchedulerBench()
        let bench = scheduler.bench
        let names = (0..<5).map { "schedule \($0)" }
        for name in names { try await bench.put(bench.everyMinute(name)) }
        try await scheduler.whileScheduling(count: 3) {
            for _ in 0..<20 {
                bench.advance(minutes: 1)
                await scheduler.lines(5, beginning: "schedule ")
            }
        }
        let runs = try await bench.runs()
        #expect(Set(runs.map { "\($0.schedule) \($0.slot?.description ?? "")" }).count == 100)
        #expect(runs.count == 100)
        #expect(try await bench.jobs().count == 100)
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }
}
