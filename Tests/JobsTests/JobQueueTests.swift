import FreshDatabases
import Jobs
import JobsTestKit
import Storage
import Testing

@Suite struct JobQueueTests {
    @Test(arguments: JobQueuePromise.all)
    func `keeps every promise`(_ promise: JobQueuePromise) async throws {
        try await promise.check(freshDatabase())
    }
}

/// An empty database with the tables of the jobs.
func freshDatabase() async throws -> any Database {
    let database = try await FreshDatabase.make()
    try await database.migrate([JobSchema.migrations], at: Timestamp(milliseconds: 0))
    return database
}
