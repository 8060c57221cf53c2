import Auth
import Storage
import StoragePostgres

/// A database that several machines may share, and what opens the keys in it.
struct PostgresSetting {
    let url: String
    /// Of this process.
    let connections: Int
    let secret: Secret

    /// - Returns: nil when it is not set, or wrong; never noted with its value, which holds passwords.
    init?(_ reader: inout SettingReader) {
        guard let url = reader.read(StorageSetting.database) else { return nil }
        let secret = reader.read(StorageSetting.secret)
        connections = reader.read(StorageSetting.connections) ?? 10
        if !url.hasPrefix("postgres://"), !url.hasPrefix("postgresql://") {
            reader.note("DATABASE_URL must begin with postgres:// or postgresql://; without it, SQLite is used")
        }
        guard let secret else {
            reader.note(
                "DATABASE_URL needs WAXWING_SECRET, which seals the keys in the shared database: set it on all servers to "
                    + "the same text of \(SealedKeys.shortestSecret) bytes or more, as made by 'openssl rand -hex 32'")
            return nil
        }
        (self.url, self.secret) = (url, Secret(Array(secret.utf8)))
    }

    func open() throws -> PostgresDatabase {
        var settings = PostgresSettings()
        settings.connections = connections
        do {
            return try PostgresDatabase(url: url, settings: settings)
        } catch {
            throw StartError("DATABASE_URL is not right: \(error)")
        }
    }
}
