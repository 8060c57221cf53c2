import FreshDatabases
import Jobs
import JobsTestKit
import Storage
import Testing

@Suite struct SchedulesTests {
    @Test(arguments: SchedulePromise.all)
    func `keeps every promise`(_ promise: SchedulePromise) async throws {
        try await promise.check(freshScheduleDatabase())
    }
}

/// An empty database with the tables of jobs and schedules.
func freshScheduleDatabase() async throws -> any Database {
    let database = try await freshDatabase()
    try await database.migrate([ScheduleSchema.migrations], at: Timestamp(milliseconds: 0))
    return database
}
