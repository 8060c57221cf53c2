import Foundation
import GRDB
import GRDBSQLite
import Storage

/// An open snapshot or transaction; lives as long as its body runs.
final class SQLiteSession: WriteSession {
    private let database: GRDB.Database
    private(set) var actions: [@Sendable () -> Void] = []
    /// The first error of a statement: the transaction is not kept, whatever its body makes of it.
    private(set) var failure: Storage.DatabaseError?
    /// The task was cancelled within a statement, which can only say so as an error of the database.
    private var wasCancelled = false

    init(_ database: GRDB.Database) {
        self.database = database
    }

    /// - Returns: what `body` returns, and what is to be done once it is kept.
    static func transact<Value>(
        _ body: (any WriteSession) throws -> Value, in database: GRDB.Database
    ) throws -> (Value, [@Sendable () -> Void]) {
        let session = SQLiteSession(database)
        let value = try session.result(of: body)
        if let failure = session.failure { throw failure }
        return (value, session.actions)
    }

    /// - Throws: what `body` throws, or `CancellationError` where that is its cause.
    func result<Value>(of body: (SQLiteSession) throws -> Value) throws -> Value {
        do {
            return try body(self)
        } catch {
            throw wasCancelled ? CancellationError() : error
        }
    }

    func rows(_ sql: Storage.SQL) throws(Storage.DatabaseError) -> [Storage.Row] {
        var rows: [Storage.Row] = []
        try visit(sql) { row in
            rows.append(row)
            return true
        }
        return rows
    }

    func each(_ sql: Storage.SQL, _ body: (Storage.Row) throws -> Void) throws {
        // Kept aside, so that an error of the body never passes for one of the engine.
        var refusal: (any Error)?
        try visit(sql) { row in
            do {
                try body(row)
            } catch {
                refusal = error
            }
            return refusal == nil
        }
        if let refusal { throw refusal }
    }

    func execute(_ sql: Storage.SQL) throws(Storage.DatabaseError) -> Int {
        try run(sql) { statement, arguments in
            try statement.execute(arguments: arguments)
            return database.changesCount
        }
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) {
        actions.append(action)
    }

    /// - Parameter body: whether it wants more.
    private func visit(_ sql: Storage.SQL, _ body: (Storage.Row) -> Bool) throws(Storage.DatabaseError) {
        try run(sql) { statement, arguments in
            let cursor = try ValueCursor(statement, arguments)
            while let row = try cursor.next() {
                guard body(row) else { return }
            }
        }
    }

    private func run<Value>(
        _ sql: Storage.SQL, _ body: (Statement, StatementArguments) throws -> Value
    )
        throws(Storage.DatabaseError) -> Value
    {
        if let failure { throw failure }
        let (text, values) = sql.rendered(for: .sqlite)
        // GRDB hands text over up to its first zero byte: two values would become one.
        guard !values.contains(where: \.hasZeroByte) else { throw failed(.unexpected("a text with a zero byte")) }
        do {
            let statement = try database.cachedStatement(sql: text)
            // As optionals: for other values GRDB makes a key path, each time anew, which takes longer than many a statement.
            let arguments: [(any DatabaseValueConvertible)?] = values.map(DatabaseValue.init)
            return try body(statement, StatementArguments(arguments))
        } catch let error as GRDB.DatabaseError {
            throw failed(Storage.DatabaseError(error))
        } catch {
            wasCancelled = error is CancellationError
            throw failed(.unexpected(String(describing: error)))
        }
    }

    private func failed(_ error: Storage.DatabaseError) -> Storage.DatabaseError {
        failure = error
        return error
    }
}

/// The rows of a statement, without GRDB's own: those can be asked for columns by name and as any type, which costs several
/// times what reading the values does.
private final class ValueCursor: DatabaseCursor {
    typealias Element = Storage.Row

    let _statement: Statement
    var _isDone = false
    private let columns: [String]

    init(_ statement: Statement, _ arguments: StatementArguments) throws {
        (_statement, columns) = (statement, statement.columnNames)
        try statement.setArguments(arguments)
    }

    func _element(sqliteStatement: SQLiteStatement) -> Storage.Row {
        let values = columns.indices.map { column in
            SQLValue(DatabaseValue(sqliteStatement: sqliteStatement, index: CInt(clamping: column)))
        }
        return Storage.Row(columns: columns, values: values)
    }

    /// Whoever uses the statement next finds it at its beginning, and nothing is held by it. What it failed with was told by
    /// the step that did.
    deinit {
        _ = sqlite3_reset(_statement.sqliteStatement)
    }
}

extension SQLValue {
    init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let integer): self = .integer(integer)
        case .double(let real): self = .real(real)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob(Array(data))
        }
    }
}

extension DatabaseValue {
    init(_ value: SQLValue) {
        switch value {
        case .null: self = .null
        case .integer(let integer): self = integer.databaseValue
        case .real(let real): self = real.databaseValue
        case .text(let text): self = text.databaseValue
        case .blob(let bytes): self = Data(bytes).databaseValue
        }
    }
}
