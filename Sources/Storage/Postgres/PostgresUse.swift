import Storage

/// How processes at work on a schema are known to one that would make its tables anew.
enum PostgresUse {
    /// An advisory lock, shared by all whose signals are connected. It goes with their connection.
    static let lock = "hashtext('waxwing'), hashtext(current_schema())"
}

extension PostgresDatabase {
    /// Whether a process is at work on the schema: one whose ``PostgresNotifications`` are connected.
    public func isInUse() async throws -> Bool {
        try await read { session in
            let row = try session.row(
                """
                SELECT CASE WHEN pg_try_advisory_xact_lock(\(SQL(stringLiteral: PostgresUse.lock))) THEN 0 ELSE 1 END AS uses
                """)
            return try row?.get("uses", as: Int.self) == 1
        }
    }
}
