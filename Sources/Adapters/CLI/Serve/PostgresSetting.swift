import Auth
import Storage
import StoragePostgres

/// A database that several machines may share, and what opens the keys in it.
struct PostgresSetting {
    let url: String
    /// Of this process.
    let connections: Int
    let secret: Secret

    /// - Throws: a sentence that names the variable; never with its value, which holds passwords.
    init(url: String, secret: String?, connections: Int) throws {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw StartError("DATABASE_URL must begin with postgres:// or postgresql://; without it, SQLite is used")
        }
        guard let secret else {
            throw StartError(
                "DATABASE_URL needs WAXWING_SECRET, which seals the keys in the shared database: set it on all servers to "
                    + "the same text of \(SealedKeys.shortestSecret) bytes or more, as made by 'openssl rand -hex 32'")
        }
        (self.url, self.connections, self.secret) = (url, connections, Secret(Array(secret.utf8)))
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
