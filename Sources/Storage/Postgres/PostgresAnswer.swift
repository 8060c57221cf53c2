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
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
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

    func rows() throws(DatabaseError) -> [Row] {
        let columns = (0..<PQnfields(result)).map { column in
            (name: String(cString: PQfname(result, column)), type: PQftype(result, column))
        }
        let names = columns.map(\.name)
        var rows: [Row] = []
        rows.reserveCapacity(Int(PQntuples(result)))
        for row in 0..<PQntuples(result) {
            var values: [SQLValue] = []
            values.reserveCapacity(columns.count)
            for (column, (name, type)) in zip(Int32(0)..., columns) {
                guard PQgetisnull(result, row, column) == 0 else {
                    values.append(.null)
                    continue
                }
                let bytes = UnsafeRawBufferPointer(
                    start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
                values.append(try SQLValue(bytes, type: type, column: name))
            }
            rows.append(Row(columns: names, values: values))
        }
        return rows
    }
}
