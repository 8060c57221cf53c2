import Jobs
import Storage

/// Whether the parts of the service answer.
public struct Health: Sendable {
    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    private let memory = HealthMemory()

    public enum Part: String, Sendable, CaseIterable {
        case database, storage
    }

    init(database: any Database, objects: any ObjectStore, queue: JobQueue) {
        (self.database, self.objects, self.queue) = (database, objects, queue)
    }

    /// As ``check()`` said within the last seconds: for whoever asks often.
    public func recent() async -> [Part: Bool] { await memory.parts { await check() } }

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

    /// For metrics: what is known at the moment, beside what was counted. A database that is away takes only its own along.
    public func samples() async -> [MetricSample] {
        async let parts = check()
        let queues = (try? await self.queues()) ?? []
        return await parts.map { MetricSample(.partsWell, [$0.key.rawValue], $0.value ? 1 : 0) } + queues.samples
            + ProcessMetrics.samples()
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
