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

    /// For metrics: jobs by queue and state.
    public func jobCounts() async throws -> [JobCount] {
        try await database.read { try queue.counts(in: $0) }
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
