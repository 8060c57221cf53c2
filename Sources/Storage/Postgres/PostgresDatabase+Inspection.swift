import Storage
import Synchronization

extension PostgresDatabase: InspectableDatabase {
    /// In the schema of temporary tables, which needs no right but `TEMPORARY`, that everybody has.
    public func onEmptySchema<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        let result = Mutex<Value?>(nil)
        do {
            try await write { session in
                _ = try session.rows("SELECT set_config('search_path', 'pg_temp', true)")
                let value = try body(session)
                result.withLock { $0 = value }
                throw NothingKept()
            }
        } catch is NothingKept {}
        guard let value = result.withLock({ $0 }) else {
            throw DatabaseError.unexpected("a transaction without its end")
        }
        return value
    }

    /// What was left unfinished; and, where the extension `amcheck` is installed and may be used, whether the indexes agree
    /// with their tables.
    public func structuralFaults() async throws -> [String] {
        var faults = try await read { session in
            let indexes = try session.rows(
                """
                SELECT i.relname AS name FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
                JOIN pg_namespace n ON n.oid = i.relnamespace
                WHERE n.nspname = current_schema() AND NOT (x.indisvalid AND x.indisready) ORDER BY 1
                """)
            let rules = try session.rows(
                """
                SELECT k.conname AS name FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
                WHERE n.nspname = current_schema() AND NOT k.convalidated ORDER BY 1
                """)
            return try indexes.map { "the index '\(try $0.get("name", as: String.self))' was not built to its end" }
                + rules.map { "the rule '\(try $0.get("name", as: String.self))' was not checked on all rows" }
        }
        for (name, oid) in try await checkableIndexes() {
            do {
                _ = try await read { session in
                    _ = try session.rows("\(.unhurried)")
                    return try session.rows("SELECT bt_index_check(\(oid)::oid::regclass, true)")
                }
            } catch DatabaseError.unexpected(let words) {
                faults.append("the index '\(name)': \(words)")
            }
        }
        return faults
    }

    private func checkableIndexes() async throws -> [(name: String, oid: Int64)] {
        try await read { session in
            let mayCheck = try session.row(
                """
                SELECT COUNT(*) AS count FROM pg_proc
                WHERE proname = 'bt_index_check' AND pronargs = 2 AND pg_function_is_visible(oid)
                    AND has_function_privilege(oid, 'EXECUTE')
                """)
            guard try mayCheck?.get("count", as: Int.self) ?? 0 > 0 else { return [] }
            return try session.rows(
                """
                SELECT i.relname AS name, i.oid AS oid FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
                JOIN pg_namespace n ON n.oid = i.relnamespace JOIN pg_am m ON m.oid = i.relam
                WHERE n.nspname = current_schema() AND m.amname = 'btree' AND i.relkind = 'i' AND x.indisvalid
                ORDER BY i.relname
                """
            ).map { (try $0.get("name"), try $0.get("oid")) }
        }
    }
}

/// Ends a transaction that was only to be looked at.
private struct NothingKept: Error {}
