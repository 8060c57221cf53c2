import FreshDatabases
import Jobs
import JobsTestKit
import Storage
import Testing

@Suite struct WorkflowPromiseTests {
    @Test(arguments: WorkflowPromise.all)
    func `keeps every promise`(_ promise: WorkflowPromise) async throws {
        try await promise.check(freshWorkflowDatabase())
    }
}

/// An empty database with the tables of jobs and workflows.
func freshWorkflowDatabase() async throws -> any Database {
    let database = try await freshDatabase()
    try await database.migrate([WorkflowSchema.migrations], at: Timestamp(milliseconds: 0))
    return database
}

extension WorkflowBench {
    /// On the engine under test.
    init(_ change: (inout RetryPolicy) -> Void = { _ in }) async throws {
        var policy = RetryPolicy()
        change(&policy)
        try await self.init(freshWorkflowDatabase(), policy: policy)
    }
}
