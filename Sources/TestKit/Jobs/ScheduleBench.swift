import Jobs
import Storage
import StorageTestKit
import Testing

/// Schedules on a clock that the check turns, with short words for what checks do.
package struct ScheduleBench: Sendable {
    package let database: any Database
    package let clock = ManualClock()
    package let signals = LocalSignals()
    package let queue: JobQueue
    package let schedules: Schedules

    package init(_ database: any Database) {
        self.database = database
        queue = JobQueue(database, signals: signals, clock: clock)
        schedules = Schedules(queue)
    }

    /// Recurs each minute, on the minute.
    package func everyMinute(
        _ name: String = "minutely", catchUp: CatchUp = .all(), owner: AccountID? = nil
    ) throws -> Schedule {
        try Schedule(
            name, .every(.seconds(60)), catchUp: catchUp, enqueues: "tune", payload: ["take": 1], queue: "upkeep",
            priority: 3, owner: owner)
    }

    package func put(_ schedule: Schedule, by registrant: String = "app") async throws {
        try await database.write { try schedules.put(schedule, by: registrant, in: $0) }
    }

    /// As a program does that has just these.
    package func register(_ all: [Schedule]) async throws {
        try await schedules.register(all, by: "app")
    }

    @discardableResult
    package func claim(by scheduler: String = "ada") async throws -> [ScheduleRun] {
        try await schedules.claimDue(by: scheduler).runs
    }

    package func pause(_ name: String = "minutely") async throws {
        try await database.write { try schedules.pause(name, in: $0) }
    }

    package func resume(_ name: String = "minutely") async throws {
        try await database.write { try schedules.resume(name, in: $0) }
    }

    package func runByHand(_ name: String = "minutely") async throws -> ScheduleRun {
        try await database.write { try schedules.run(name, by: "grace", in: $0) }
    }

    package func entry(_ name: String = "minutely") async throws -> ScheduleEntry {
        try #require(try await database.read { try schedules.find(name, in: $0) })
    }

    /// All runs of a schedule, newest first.
    package func runs(of name: String? = nil) async throws -> [ScheduleRun] {
        try await database.read { session in
            var (runs, after) = ([ScheduleRun](), PageCursor?.none)
            repeat {
                let page = try schedules.runs(of: name, PageRequest(limit: 200, after: after), in: session)
                runs += page.items
                after = page.next
            } while after != nil
            return runs
        }
    }

    package func jobs() async throws -> [JobID] {
        try await database.read { try $0.rows("SELECT id FROM jobs").map { try $0.get("id") } }
    }

    /// Minutes after the clock's start, which is on a minute.
    package func minute(_ count: Int) -> Timestamp { ManualClock().now() + .seconds(60 * count) }

    package func advance(minutes: Int) { clock.advance(by: .seconds(60 * minutes)) }
}
