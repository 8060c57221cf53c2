import Jobs
import JobsTestKit
import Storage
import StorageSQLite
import Testing

@Suite struct JobQueueTests {
    @Test(arguments: JobQueuePromise.all)
    func `SQLite keeps every promise`(_ promise: JobQueuePromise) async throws {
        try await promise.check(freshDatabase())
    }
}

/// An empty database with the tables of the jobs.
func freshDatabase() async throws -> SQLiteDatabase {
    let database = try SQLiteDatabase.inMemory()
    try await database.migrate([JobSchema.migrations], at: Timestamp(milliseconds: 0))
    return database
}
