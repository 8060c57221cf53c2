import Storage
import Synchronization

/// How an engine means to find the rows of a statement.
public struct QueryPlan: Sendable, CustomStringConvertible {
    public let statement: String
    /// The engine's own words, a line each.
    public let steps: [String]

    /// The tables that are read from one end to the other.
    ///
    /// Engines rightly do so with small tables: fill them first, and run `ANALYZE`.
    public var wholeTables: [String] {
        steps.compactMap { step in
            let words = step.split(separator: " ").map(String.init)
            // SQLite: `SCAN jobs`, which with `USING INDEX` reads the whole index; PostgreSQL: `Seq Scan on jobs`.
            if words.first == "SCAN", words.count > 1, words[1] != "CONSTANT", !words[1].hasPrefix("(") {
                return words[1]
            }
            guard let place = words.firstIndex(of: "Seq"), words.dropFirst(place + 1).prefix(2) == ["Scan", "on"] else {
                return nil
            }
            return words.dropFirst(place + 3).first
        }
    }

    /// The steps that sort what no index gave in order.
    public var sorts: [String] {
        // SQLite: `USE TEMP B-TREE FOR ORDER BY`; PostgreSQL: `Sort` and `Incremental Sort`, after an arrow unless first.
        steps.filter { step in
            let words = step.split(separator: " ").drop { $0 == "->" }
            return step.contains("TEMP B-TREE") || Array(words) == ["Sort"] || Array(words) == ["Incremental", "Sort"]
        }
    }

    public var description: String {
        "\(statement)\n\(steps.map { "    \($0)" }.joined(separator: "\n"))"
    }

    /// The plans of every statement that `work` runs on `database`.
    ///
    /// - Parameter work: uses the database it is given; what it changes is kept.
    public static func all(
        on database: any Database, of work: (any Database) async throws -> Void
    ) async throws -> [QueryPlan] {
        let recorder = StatementRecorder()
        try await work(RecordingDatabase(database, recorder))
        return try await database.read { session in try recorder.statements.map { try QueryPlan(of: $0, in: session) } }
    }

    /// Lets the engine count what is in the tables of this database: those of others on the same server would take long.
    public static func analyze(_ session: any WriteSession) throws {
        let columns = try session.rows("\(.catalog(.columns))")
        for table in try Set(columns.map { try $0.get("table_name", as: String.self) }).sorted() {
            try session.execute(SQL(stringLiteral: "ANALYZE \"\(table)\""))
        }
    }

    private init(of statement: SQL, in session: any ReadSession) throws {
        self.statement = statement.rendered(for: .postgres).text
        steps = try session.rows("\(.explain) \(statement)").map { row in
            if let step: String = try? row.get("detail") { return step }
            return try row.get("QUERY PLAN")
        }
    }
}

/// The statements that went to a database.
private final class StatementRecorder: Sendable {
    private let recorded = Mutex<[SQL]>([])

    var statements: [SQL] { recorded.withLock { $0 } }

    func record(_ statement: SQL) {
        recorded.withLock { $0.append(statement) }
    }
}

/// Passes everything on, and remembers the statements.
private struct RecordingDatabase: Database {
    private let database: any Database
    private let recorder: StatementRecorder

    init(_ database: any Database, _ recorder: StatementRecorder) {
        (self.database, self.recorder) = (database, recorder)
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try await database.read { [recorder] in try body(RecordingReadSession(session: $0, recorder: recorder)) }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await database.write { [recorder] in try body(RecordingWriteSession(session: $0, recorder: recorder)) }
    }
}

private struct RecordingReadSession: ReadSession {
    let session: any ReadSession
    let recorder: StatementRecorder

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        recorder.record(sql)
        return try session.rows(sql)
    }
}

private struct RecordingWriteSession: WriteSession {
    let session: any WriteSession
    let recorder: StatementRecorder

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        recorder.record(sql)
        return try session.rows(sql)
    }

    func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        recorder.record(sql)
        return try session.execute(sql)
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) {
        session.afterCommit(action)
    }
}
