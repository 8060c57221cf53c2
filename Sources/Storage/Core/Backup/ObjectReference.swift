/// A column that holds keys of objects: whoever has the row has the object.
public struct ObjectReference: Hashable, Sendable {
    public let table: String
    public let column: String

    public init(_ table: String, _ column: String) {
        (self.table, self.column) = (table, column)
    }
}

extension DumpReader {
    /// Gives every key in the columns of `references`; no value and the empty text are none.
    ///
    /// - Throws: ``DumpError``, and what `body` throws.
    static func objectKeys(
        in path: String, _ references: [ObjectReference], _ body: ([ObjectKey]) throws -> Void
    ) throws {
        let reader = try DumpReader(path)
        try reader.readHeader()
        var (columns, wanted) = (0, [Int]())
        while true {
            switch try reader.next() {
            case .table(let table):
                columns = table.columns.count
                wanted = table.columns.indices.filter { index in
                    references.contains { $0.table == table.name && $0.column == table.columns[index] }
                }
            case .rows(let bytes) where !wanted.isEmpty: try body(keys(in: bytes, columns, wanted))
            case .rows, .tableEnd: continue
            case .end: return
            }
        }
    }

    private static func keys(in bytes: [UInt8], _ columns: Int, _ wanted: [Int]) throws(DumpError) -> [ObjectKey] {
        var (values, keys) = (DumpValues(bytes), [ObjectKey]())
        while !values.isAtEnd {
            let row = try values.row(of: columns)
            for index in wanted {
                if case .text(let text) = row[index], let key = try? ObjectKey(text) { keys.append(key) }
            }
        }
        return keys
    }
}
