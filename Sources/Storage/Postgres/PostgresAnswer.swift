import CLibPQ
import Storage

/// What the server answered to one statement; freed with its last use.
struct PostgresAnswer: ~Copyable {
    private let result: OpaquePointer?

    init(_ result: OpaquePointer?) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    /// Nil when the statement did its work.
    var failure: PostgresFailure? {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY: nil
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            // The connection would wait for the data of the copy: it is not used any more.
            PostgresFailure(.other, .unexpected("a COPY, which sessions do not do"))
        default: PostgresFailure(result)
        }
    }

    /// As `COMMIT` or `INSERT 0 1`.
    var tag: String {
        PQcmdStatus(result).map { String(cString: $0) } ?? ""
    }

    /// How many rows were changed, or found.
    var count: Int {
        PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    var columns: PostgresColumns {
        let columns = 0..<PQnfields(result)
        return PostgresColumns(
            names: columns.map { String(cString: PQfname(result, $0)) }, types: columns.map { PQftype(result, $0) })
    }

    /// - Parameter columns: its own, or those of an answer before it to the same statement.
    func rows(_ columns: PostgresColumns) throws(DatabaseError) -> [Row] {
        var rows: [Row] = []
        rows.reserveCapacity(Int(PQntuples(result)))
        for row in 0..<PQntuples(result) {
            var values: [SQLValue] = []
            values.reserveCapacity(columns.names.count)
            for (column, (name, type)) in zip(Int32(0)..., zip(columns.names, columns.types)) {
                guard PQgetisnull(result, row, column) == 0 else {
                    values.append(.null)
                    continue
                }
                let bytes = UnsafeRawBufferPointer(
                    start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
                values.append(try SQLValue(bytes, type: type, column: name))
            }
            rows.append(Row(columns: columns.names, values: values))
        }
        return rows
    }
}

/// What the columns of an answer are called, and the numbers of their types.
struct PostgresColumns {
    let names: [String]
    let types: [Oid]
}
