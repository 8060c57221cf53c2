import Foundation
import JobsTestKit
import Storage
import StoragePostgres
import StorageSQLite

/// On which engine a seed is played.
enum Store: String {
    case memory, file, postgres

    func stage() async throws -> SimulationStage {
        try await SimulationStage(database(), name: rawValue)
    }

    private func database() async throws -> any Database {
        switch self {
        case .memory: return try DirectSQLiteDatabase()
        case .file:
            let folder = FileManager.default.temporaryDirectory.appending(path: "waxwing-simulate-\(getpid())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try SQLiteDatabase(path: folder.appending(path: "jobs.sqlite").path())
        case .postgres: return try await Self.postgres()
        }
    }

    /// In a schema of its own, which is made anew.
    private static func postgres() async throws -> any Database {
        guard let url = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"] else {
            throw DatabaseError.unavailable("set TEST_POSTGRES_URL: Scripts/postgres-server.sh start DIR")
        }
        _ = try await PostgresDatabase(url: url, name: "simulate").write { session in
            try session.execute("DROP SCHEMA IF EXISTS simulate CASCADE")
            try session.execute("CREATE SCHEMA simulate")
        }
        let schema = "\(url)\(url.contains("?") ? "&" : "?")options=-csearch_path%3Dsimulate"
        return try PostgresDatabase(url: schema, name: "simulate")
    }
}
