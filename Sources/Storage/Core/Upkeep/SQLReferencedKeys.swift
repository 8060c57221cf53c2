/// The keys in columns of a database. Each column needs an index by its bytes.
public struct SQLReferencedKeys: ReferencedKeys {
    let database: any Database
    let columns: [ObjectReference]

    /// - Parameter columns: of tables that are there; at least one.
    public init(_ database: any Database, in columns: [ObjectReference]) {
        precondition(!columns.isEmpty, "keys are in columns")
        (self.database, self.columns) = (database, columns)
    }

    public func keys(prefix: String, after last: ObjectKey?, limit: Int) async throws -> [ObjectKey] {
        try await database.read { session in
            var found: Set<ObjectKey> = []
            for column in columns {
                let (table, name) = (SQL.name(column.table), SQL.name(column.column))
                // A text that is longer comes after the one it begins with.
                let rows = try session.rows(
                    """
                    SELECT \(name) \(.byteOrder) AS object FROM \(table)
                    WHERE \(name) \(.byteOrder) >= \(prefix) AND \(name) \(.byteOrder) > \(last?.text ?? "")
                    GROUP BY \(name) \(.byteOrder) ORDER BY \(name) \(.byteOrder) LIMIT \(limit)
                    """)
                for row in rows {
                    let text: String = try row.get("object")
                    // By bytes, as the column is compared: what seems equal to people may lie elsewhere.
                    guard text.utf8.starts(with: prefix.utf8) else { break }
                    found.insert(try ObjectKey(text))
                }
            }
            return Array(found.sorted().prefix(limit))
        }
    }

    public func isReferenced(_ key: ObjectKey) async throws -> Bool {
        try await database.read { session in
            try columns.contains { column in
                let (table, name) = (SQL.name(column.table), SQL.name(column.column))
                return try session.row(
                    "SELECT 1 AS found FROM \(table) WHERE \(name) \(.byteOrder) = \(key.text) LIMIT 1") != nil
            }
        }
    }
}
