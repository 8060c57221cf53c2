import Foundation
import Storage
import StoragePostgres
import StorageSQLite

/// An empty database for one test, on the engine under test: SQLite in memory, or PostgreSQL when `TEST_POSTGRES_URL` names
/// a server. So the suite of every repository runs on both, unchanged.
public enum FreshDatabase {
    /// `Scripts/postgres-server.sh start DIR` prints one.
    public static let postgresURL = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"]

    public static func make() async throws -> any Database {
        guard postgresURL != nil else { return try SQLiteDatabase.inMemory() }
        return try await postgres()
    }

    /// A schema of its own, under a random name; it goes with the server.
    ///
    /// - Parameter change: what the test wants otherwise than small and patient, as hundreds of them run at once.
    public static func postgres(
        _ change: (inout PostgresSettings) -> Void = { _ in }
    ) async throws -> PostgresDatabase {
        try await schema().database(change)
    }

    /// The same empty database as two processes have it: on SQLite a file, whose processes hear nothing of each other, on
    /// PostgreSQL a schema, whose server tells them.
    ///
    /// - Parameter path: of a file that is not there yet.
    public static func shared(
        _ path: String
    ) async throws -> [(database: any Database, signals: any ChangeSignals)] {
        guard postgresURL != nil else {
            return try (0..<2).map { _ in (try SQLiteDatabase(path: path), LocalSignals()) }
        }
        let schema = try await schema()
        return try (0..<2).map { _ in (try schema.database(), try schema.signals()) }
    }

    /// The empty schema that several databases, as of several processes, are to share.
    public static func schema() async throws -> FreshSchema {
        guard let postgresURL else { throw DatabaseError.unavailable("TEST_POSTGRES_URL is not set") }
        let schema = FreshSchema(
            name: "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))", server: postgresURL)
        var settings = PostgresSettings.patient
        settings.connections = 1
        let maker = try PostgresDatabase(url: postgresURL, name: "waxwing-test", settings: settings)
        // The name is made of letters and digits above: nothing from outside becomes part of the statement.
        _ = try await maker.write { try $0.execute("CREATE SCHEMA \(SQL(stringLiteral: schema.name))") }
        return schema
    }
}

/// A schema on the server under test.
public struct FreshSchema: Sendable {
    public let name: String
    private let server: String

    init(name: String, server: String) {
        (self.name, self.server) = (name, server)
    }

    /// An address by which the schema is the only one that is seen.
    public var url: String {
        "\(server)\(server.contains("?") ? "&" : "?")options=-csearch_path%3D\(name)"
    }

    /// The signals of one process among those that share the schema.
    public func signals() throws -> any ChangeSignals {
        try PostgresNotifications(url: url, name: "waxwing-test")
    }

    /// - Parameter name: how the server's own tools show its connections.
    public func database(
        name: String = "waxwing-test", _ change: (inout PostgresSettings) -> Void = { _ in }
    ) throws -> PostgresDatabase {
        var settings = PostgresSettings.patient
        settings.connections = 4
        change(&settings)
        return try PostgresDatabase(url: url, name: name, settings: settings)
    }
}

extension PostgresSettings {
    /// Among hundreds of tests each may wait long for a processor, a connection or another's lock.
    package static var patient: PostgresSettings {
        var settings = PostgresSettings()
        (settings.connectionWait, settings.conflictWait) = (.seconds(600), .seconds(600))
        settings.reconnectWait = .seconds(600)
        (settings.statementTimeout, settings.idleInTransactionTimeout) = (.seconds(600), .seconds(600))
        return settings
    }
}
