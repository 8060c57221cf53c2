import Billing
import Foundation
import Storage
import StoragePostgres
import StorageSQLite

/// Where the ledger is: an SQLite file or a PostgreSQL server.
struct Place: Sendable {
    let address: String

    init(_ address: String) {
        self.address = address
    }

    var isServer: Bool { address.contains("://") }

    /// With tables that are there afterwards.
    func database(connections: Int = 8) async throws -> any Database {
        let database: any Database
        if isServer {
            var settings = PostgresSettings()
            (settings.connections, settings.connectionWait) = (connections, .seconds(60))
            (settings.conflictWait, settings.reconnectWait) = (.seconds(60), .seconds(60))
            database = try PostgresDatabase(url: address, settings: settings)
        } else {
            database = try SQLiteDatabase(path: address)
        }
        try await database.migrate([BillingSchema.migrations, Deeds.migrations], at: SystemClock().now())
        return database
    }
}

/// A clock that lets a day pass in two seconds, so that windows end and holds run out all the time.
struct FastClock: WallClock {
    private static let pace: Int64 = 43_200

    /// Milliseconds since 1970.
    let began: Int64

    func now() -> Timestamp {
        Timestamp(milliseconds: began + (SystemClock().now().milliseconds - began) * Self.pace)
    }
}
