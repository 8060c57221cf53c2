import Storage

extension PostgresDatabase {
    /// Whether a process is at work on the schema: one whose ``PostgresNotifications`` are connected.
    public func isInUse() async throws -> Bool {
        try await read { try $0.row("\(.claimSchema)")?.get("free", as: Int.self) != 1 }
    }
}
