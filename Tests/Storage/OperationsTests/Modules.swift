import Auth
import Billing
import Foundation
import FreshDatabases
import Jobs
import SampleLibrary
import Storage
import StoragePostgres
import StorageSQLite
import Testing

/// The schema of every module.
let modules = [
    AuthSchema.migrations, BillingSchema.migrations, JobSchema.migrations, LibrarySchema.migrations,
    SQLKeyValueStore.migrations, EventLog.migrations,
]

let start = Timestamp(milliseconds: 1_795_000_000_000)

/// How much of the long rounds is run: `WAXWING_ROUNDS=1` is what a test of every day takes.
let rounds = ProcessInfo.processInfo.environment["WAXWING_ROUNDS"].flatMap(Int.init) ?? 1

/// The engines, each with an empty database.
enum Engine: String, CaseIterable, Sendable {
    case sqlite, postgres

    func make() async throws -> any InspectableDatabase {
        switch self {
        case .sqlite: try SQLiteDatabase.inMemory()
        case .postgres: try await FreshDatabase.postgres()
        }
    }

    /// SQLite always; PostgreSQL where a server is named.
    static let running = allCases.filter { $0 == .sqlite || FreshDatabase.postgresURL != nil }
}

extension Trait where Self == ConditionTrait {
    static var needsPostgres: Self {
        .enabled(if: FreshDatabase.postgresURL != nil, "set TEST_POSTGRES_URL (Scripts/postgres-server.sh start DIR)")
    }
}
