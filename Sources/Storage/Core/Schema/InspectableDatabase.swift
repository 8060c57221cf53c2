/// A database that can look at its own structures, and try out a schema without keeping it.
public protocol InspectableDatabase: Database {
    /// Runs `body` in a transaction on an empty schema of the same engine; nothing of it is kept.
    func onEmptySchema<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value

    /// What the engine finds wrong with its own structures, in its words; empty when they are whole.
    ///
    /// - Complexity: reads the whole database.
    func structuralFaults() async throws -> [String]
}

extension InspectableDatabase {
    /// The tables that the steps up to `numbers` make, each after those that it refers to.
    func tables(of sets: [MigrationSet], at numbers: [String: Int]? = nil) async throws -> [Table] {
        try await onEmptySchema { session in
            try session.upgrade(sets, to: numbers, at: Timestamp(milliseconds: 0))
            return try session.tables()
        }
    }
}
