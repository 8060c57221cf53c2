import Jobs
import Storage
import StoragePostgres
import StorageSQLite

/// Where the jobs are: an SQLite file or a PostgreSQL server.
struct Place: Sendable {
    let address: String

    init(_ address: String) {
        self.address = address
    }

    var isServer: Bool { address.contains("://") }

    /// A queue with connections of its own, on tables that are there afterwards.
    func queue(_ policy: RetryPolicy = RetryPolicy()) async throws -> OpenQueue {
        let database: any Database
        let signals: any ChangeSignals
        if isServer {
            (database, signals) = (try PostgresDatabase(url: address), try PostgresNotifications(url: address))
        } else {
            (database, signals) = (try SQLiteDatabase(path: address), LocalSignals())
        }
        try await migrate(database)
        return OpenQueue(queue: JobQueue(database, policy: policy, signals: signals), database: database)
    }

    /// A server that is away is waited for: in trials it is, now and then.
    private func migrate(_ database: any Database) async throws {
        for attempt in 1... {
            do {
                return try await database.migrate([JobSchema.migrations, Ledger.migrations], at: SystemClock().now())
            } catch DatabaseError.unavailable where isServer && attempt < 20 {
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}

struct OpenQueue: Sendable {
    let queue: JobQueue
    let database: any Database

    func enqueue(_ jobs: [NewJob]) async throws {
        _ = try await database.write { try queue.enqueue(jobs, in: $0) }
    }
}
