import Storage
import StoragePostgres

extension PostgresDatabase {
    /// The server's process behind the connection that listens for signals under `name`, once it has done all that it
    /// begins with, or asks now and then whether the server is there; `nil` for none.
    public func listener(_ name: String) async throws -> Int? {
        try await read { session in
            try session.row(
                """
                SELECT pid FROM pg_stat_activity
                WHERE application_name = \("\(name) signals") AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')
                    AND state = 'idle'
                """)?.get("pid")
        }
    }
}
