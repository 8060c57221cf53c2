/// A column that holds keys of objects: whoever has the row has the object.
public struct ObjectReference: Hashable, Sendable {
    public let table: String
    public let column: String

    public init(_ table: String, _ column: String) {
        (self.table, self.column) = (table, column)
    }
}

/// Rows that need an object for a time only, as a job that waits to analyse an upload.
public struct PassingReference: Sendable {
    /// Below it are these objects, and few others.
    public let prefix: String
    let keys: RowKeys

    /// - Parameters:
    ///   - columns: what `key` is given of a row, in this order.
    ///   - key: the key of the object that the row needs now; nil for none.
    public init(
        _ table: String, _ columns: [String], below prefix: String, key: @escaping @Sendable ([SQLValue]) -> String?
    ) {
        self.prefix = prefix
        keys = RowKeys(table: table, columns: columns, key: key)
    }
}

/// How the key of an object is read from a row.
struct RowKeys: Sendable {
    let table: String
    let columns: [String]
    let key: @Sendable ([SQLValue]) -> String?
}

extension RowKeys {
    init(_ reference: ObjectReference) {
        self.init(table: reference.table, columns: [reference.column]) { values in
            if case .text(let text)? = values.first { text } else { nil }
        }
    }
}

extension DumpReader {
    /// Gives every key that `references` find; no value and the empty text are none.
    ///
    /// - Throws: ``DumpError``, and what `body` throws.
    static func objectKeys(
        in path: String, _ references: [RowKeys], _ body: ([ObjectKey]) throws -> Void
    ) throws {
        let reader = try DumpReader(path)
        try reader.readHeader()
        var (columns, wanted) = (0, [RowKeys.Place]())
        while true {
            switch try reader.next() {
            case .table(let table):
                columns = table.columns.count
                wanted = references.compactMap { $0.place(in: table) }
            case .rows(let bytes) where !wanted.isEmpty: try body(keys(in: bytes, columns, wanted))
            case .rows, .tableEnd: continue
            case .end: return
            }
        }
    }

    private static func keys(
        in bytes: [UInt8], _ columns: Int, _ wanted: [RowKeys.Place]
    ) throws(DumpError) -> [ObjectKey] {
        var (values, keys) = (DumpValues(bytes), [ObjectKey]())
        while !values.isAtEnd {
            let row = try values.row(of: columns)
            for place in wanted {
                if let text = place.key(place.columns.map { row[$0] }), let key = try? ObjectKey(text) {
                    keys.append(key)
                }
            }
        }
        return keys
    }
}

extension RowKeys {
    /// Where the columns stand in the rows of a dump.
    fileprivate struct Place {
        let columns: [Int]
        let key: @Sendable ([SQLValue]) -> String?
    }

    /// Nil for another table, or one that an older program made without these columns.
    fileprivate func place(in table: Table) -> Place? {
        guard table.name == self.table else { return nil }
        let places = columns.compactMap { table.columns.firstIndex(of: $0) }
        return places.count == columns.count ? Place(columns: places, key: key) : nil
    }
}
