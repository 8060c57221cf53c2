import Jobs
import Storage

/// A database on which simulations are played, one after another.
public struct SimulationStage: Sendable {
    let database: any Database
    /// As the command that replays a seed calls the engine: `memory`, `file`, `postgres`.
    let name: String

    /// - Parameter database: empty; gets the tables of ``JobSchema``, ``ScheduleSchema`` and ``WorkflowSchema``.
    public init(_ database: any Database, name: String) async throws {
        (self.database, self.name) = (database, name)
        try await database.migrate(
            [JobSchema.migrations, ScheduleSchema.migrations, WorkflowSchema.migrations, Ledger.migrations],
            at: Timestamp(milliseconds: 0))
    }

    /// Leaves nothing of the last one.
    func clear() async throws {
        try await database.write { session in
            let tables: [SQL] = [
                "jobs", "job_attempts", "job_queues", "schedules", "schedule_runs", "workflows", "workflow_steps",
                "workflow_signals", "ledger",
            ]
            for table in tables { try session.execute("DELETE FROM \(table)") }
        }
    }
}
