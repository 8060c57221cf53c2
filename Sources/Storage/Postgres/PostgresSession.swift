import Storage

/// An open snapshot or transaction; lives as long as its body runs.
final class PostgresSession: WriteSession {
    private let connection: PostgresConnection
    private let run: PostgresRun
    private(set) var actions: [@Sendable () -> Void] = []
    /// The first that went wrong: from there on the server refuses everything, and so the transaction is not kept,
    /// whatever its body makes of the error.
    private(set) var failure: PostgresFailure?

    init(_ connection: PostgresConnection, _ run: PostgresRun) {
        (self.connection, self.run) = (connection, run)
    }

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        let answer = try answer(sql)
        return try answer.rows(answer.columns)
    }

    func each(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        let (text, values) = try rendered(sql)
        do {
            try connection.stream(text, values, body)
        } catch let error as PostgresFailure {
            failure = error
            throw error.error
        }
    }

    func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        try answer(sql).count
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) {
        actions.append(action)
    }

    private func rendered(_ sql: SQL) throws(DatabaseError) -> (text: String, values: [SQLValue]) {
        if let failure { throw failure.error }
        let (text, values) = sql.rendered(for: .postgres)
        // The server has no such texts, and its own refusal would come as damage to the encoding.
        guard !values.contains(where: \.hasZeroByte) else { throw failed(.unexpected("a text with a zero byte")) }
        guard !run.isCancelled else { throw failed(.unavailable("its task was cancelled")) }
        return (text, values)
    }

    private func answer(_ sql: SQL) throws(DatabaseError) -> PostgresAnswer {
        let (text, values) = try rendered(sql)
        do {
            return try connection.run(text, values)
        } catch {
            failure = error
            throw error.error
        }
    }

    private func failed(_ error: DatabaseError) -> DatabaseError {
        failure = PostgresFailure(.other, error)
        return error
    }
}
