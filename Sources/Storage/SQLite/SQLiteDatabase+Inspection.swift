import Storage

extension SQLiteDatabase: InspectableDatabase {
    public func onEmptySchema<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await SQLiteDatabase.inMemory().write(body)
    }

    public func structuralFaults() async throws -> [String] {
        do {
            return try await read { session in
                let words = try session.rows("PRAGMA integrity_check").map {
                    try $0.get("integrity_check", as: String.self)
                }
                guard words == ["ok"] else { return words }
                return try session.rows("PRAGMA foreign_key_check").map { row in
                    let (table, target) = (
                        try row.get("table", as: String.self), try row.get("parent", as: String.self)
                    )
                    return "a row of '\(table)' refers to a row of '\(target)' that is not there"
                }
            }
        } catch DatabaseError.unexpected(let words) {
            // So damaged that it cannot be looked at to the end.
            return [words]
        }
    }
}
