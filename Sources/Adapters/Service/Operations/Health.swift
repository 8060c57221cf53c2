import Jobs
import Storage

/// Whether the parts of the service answer.
public struct Health: Sendable {
    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue

    public enum Part: String, Sendable, CaseIterable {
        case database, storage
    }

    /// Each part, and whether it works.
    public func check() async -> [Part: Bool] {
        async let rows = works { _ = try await database.read { try $0.row("SELECT 1 AS one") } }
        async let files = works { _ = try await objects.list(prefix: "health/", after: nil, limit: 1) }
        return await [.database: rows, .storage: files]
    }

    /// For metrics: how each queue stands, and what was done in it in the last five minutes.
    public func queues() async throws -> [QueueStatistics] {
        try await database.read { try queue.statistics(in: $0) }
    }

    private func works(_ probe: () async throws -> Void) async -> Bool {
        do {
            try await probe()
            return true
        } catch {
            return false
        }
    }
}
