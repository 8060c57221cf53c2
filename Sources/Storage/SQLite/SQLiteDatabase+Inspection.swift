import Storage

extension SQLiteDatabase: InspectableDatabase {
    public func onEmptySchema<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await SQLiteDatabase.inMemory().write(body)
    }

    public func structuralFaults() async throws -> [String] {
        try await read { session in
            let words = try session.rows("PRAGMA integrity_check").map {
                try $0.get("integrity_check", as: String.self)
            }
            var faults = words == ["ok"] ? [] : words
            for row in try session.rows("PRAGMA foreign_key_check") {
                let (table, target) = (try row.get("table", as: String.self), try row.get("parent", as: String.self))
                faults.append("a row of '\(table)' refers to a row of '\(target)' that is not there")
            }
            return faults
        }
    }
}
