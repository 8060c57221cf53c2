import Jobs
import Storage
import StorageTestKit
import Testing

extension SchedulePromise {
    static let reading = [
        SchedulePromise("a run tells how its job stands") { bench in
            try await bench.put(bench.everyMinute())
            bench.advance(minutes: 1)
            try await bench.claim()
            #expect(try await bench.runs().map(\.outcome) == [.job(.pending)])
            let job = try #require(try await bench.queue.claim(from: ["upkeep"], by: "ada"))
            #expect(try await bench.runs().map(\.outcome) == [.job(.processing)])
            _ = try await bench.database.write { session in
                try bench.queue.apply(.failedForGood(token: job.token, reason: "disk full"), to: job.id, in: session)
            }
            let failed = try #require(try await bench.entry().lastRun)
            #expect((failed.outcome, failed.error) == (.job(.failed), "disk full"))
            #expect(failed.endedAt == bench.clock.now())
            _ = try await bench.database.write { try $0.execute("DELETE FROM jobs WHERE id = \(job.id)") }
            #expect(try await bench.runs().map(\.outcome) == [.forgotten])
        },
        SchedulePromise("a job's handler can learn its slot") { bench in
            try await bench.put(bench.everyMinute())
            bench.advance(minutes: 2)
            for run in try await bench.claim() {
                let job = try #require(run.job)
                let found = try await bench.database.read { try bench.schedules.run(of: job, in: $0) }
                #expect(found?.slot == run.slot)
            }
            let stranger = try await bench.database.read { try bench.schedules.run(of: .random(), in: $0) }
            #expect(stranger == nil)
        },
        SchedulePromise("schedules are listed by name, from any name on, with the next and the last run") { bench in
            for name in ["b", "a", "Z", "ä"] { try await bench.put(bench.everyMinute(name)) }
            bench.advance(minutes: 1)
            try await bench.claim()
            let all = try await bench.database.read { try bench.schedules.list(in: $0) }
            #expect(all.map(\.name) == ["Z", "a", "b", "ä"])
            #expect(all.allSatisfy { $0.nextSlot == bench.minute(2) && $0.lastRun?.slot == bench.minute(1) })
            #expect(all.allSatisfy { $0.recurrence == "@every 60s" && $0.kind == "tune" && $0.queue == "upkeep" })
            #expect(all.allSatisfy { $0.status == .active && $0.catchUp == "all 1000" && $0.registrant == "app" })
            let some = try await bench.database.read { try bench.schedules.list(after: "Z", limit: 2, in: $0) }
            #expect(some.map(\.name) == ["a", "b"])
        },
        SchedulePromise("pages list every run once, newest first, of one schedule or of all") { bench in
            for name in ["a", "b"] { try await bench.put(bench.everyMinute(name)) }
            for _ in 0..<4 {
                bench.advance(minutes: 3)
                try await bench.claim()
            }
            for (name, count) in [("a", 12), (nil, 24)] as [(String?, Int)] {
                var (listed, after) = ([ScheduleRun](), PageCursor?.none)
                repeat {
                    let request = PageRequest(limit: 5, after: after)
                    let page = try await bench.database.read { try bench.schedules.runs(of: name, request, in: $0) }
                    listed += page.items
                    after = page.next
                } while after != nil
                #expect(listed.count == count && Set(listed.map(\.id)).count == count)
                let order = listed.map { ($0.claimedAt, $0.id.text) }
                #expect(zip(order, order.dropFirst()).allSatisfy { $0 > $1 })
            }
        },
        SchedulePromise("old runs are forgotten, but each schedule's last, and their slots stay claimed") { bench in
            for name in ["a", "b"] { try await bench.put(bench.everyMinute(name)) }
            bench.advance(minutes: 5)
            try await bench.claim()
            try await bench.pause("b")
            bench.advance(minutes: 60)
            try await bench.claim()
            let age = Duration.seconds(1800)
            let some = try await bench.database.write { try bench.schedules.prune(olderThan: age, limit: 7, in: $0) }
            let rest = try await bench.database.write { try bench.schedules.prune(olderThan: age, in: $0) }
            #expect((some, rest) == (7, 2))
            #expect(try await bench.runs(of: "a").count == 60)
            #expect(try await bench.runs(of: "b").map(\.slot) == [bench.minute(5)])
            bench.advance(minutes: -62)
            #expect(try await bench.claim().isEmpty)
        },
    ]
}
