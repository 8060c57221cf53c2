/// How the tables of a database are made, in the words of its engine.
public struct Schema: Equatable, Sendable {
    public struct Item: Hashable, Sendable {
        /// `table`, `column`, `index`, `constraint`.
        public let kind: String
        public let name: String
        let definition: String
    }

    public let items: [Item]

    /// SHA-256 of everything that is defined. Equal for equal schemas of one engine.
    public var digest: String {
        Checksum.sha256(items.map { "\($0.kind)\0\($0.name)\0\($0.definition)\0" }.joined())
    }
}

/// A table and its columns in order.
struct Table: Codable, Equatable, Sendable {
    let name: String
    let columns: [String]
}

extension ReadSession {
    /// Of all tables that are there.
    public func schema() throws(DatabaseError) -> Schema {
        var items: [Schema.Item] = []
        for row in try rows("\(.catalog(.definitions))") {
            items.append(
                Schema.Item(
                    kind: try row.get("kind"), name: try row.get("name"), definition: try row.get("definition")))
        }
        return Schema(items: items)
    }

    /// Every table after those that it refers to. The ledger is not among them.
    func tables() throws(DatabaseError) -> [Table] {
        var columns: [String: [String]] = [:]
        for row in try rows("\(.catalog(.columns))") {
            columns[try row.get("table_name"), default: []].append(try row.get("column_name"))
        }
        columns[MigrationLedger.table] = nil
        var targets: [String: Set<String>] = [:]
        for row in try rows("\(.catalog(.references))") {
            targets[try row.get("table_name"), default: []].insert(try row.get("target"))
        }
        return Self.ordered(columns.keys.sorted(), by: targets).map { Table(name: $0, columns: columns[$0] ?? []) }
    }

    private static func ordered(_ names: [String], by targets: [String: Set<String>]) -> [String] {
        var (ordered, rest) = ([String](), names)
        while !rest.isEmpty {
            let free = rest.filter { name in
                !rest.contains { $0 != name && targets[name]?.contains($0) == true }
            }
            // In a ring there is no first: the engine has to allow rules at the end of the transaction.
            ordered += free.isEmpty ? rest : free
            rest.removeAll { free.isEmpty || free.contains($0) }
        }
        return ordered
    }
}

extension SQL {
    /// A name of a table or column as part of a statement.
    static func name(_ name: String) -> SQL {
        SQL(stringLiteral: "\"\(name.replacing("\"", with: "\"\""))\"")
    }

    /// Names, separated by commas.
    static func names(_ names: [String]) -> SQL {
        SQL(stringLiteral: names.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ", "))
    }
}
