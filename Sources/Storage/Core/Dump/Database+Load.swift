import Foundation

/// What may be in a database before a dump is loaded into it.
public enum LoadTarget: Sendable {
    /// No rows: as it is made, or as the program has just migrated it.
    case empty
    /// Rows of the program's tables go.
    case replaced
}

extension InspectableDatabase {
    /// Fills the database from a dump of any engine, as it was written, then takes the steps that are newer than the dump.
    ///
    /// All of it is one transaction: however it ends, the database holds the whole dump or what it held before. Before the
    /// commit, every table is read back and compared with what was dumped. No other program may use the database
    /// meanwhile, as its tables are made anew: one whose signals are connected is noticed, and nothing is changed.
    ///
    /// - Parameter progress: told how many rows are loaded, about every 10,000.
    /// - Throws: ``DumpError``; ``DatabaseError/newerSchema(module:found:known:)`` for a dump or a database of a newer
    ///   program; `CancellationError`.
    /// - Complexity: one frame of the file (256 KiB, or one row) is in memory at a time. The file is read twice.
    public func load(
        _ path: String, _ sets: [MigrationSet], into target: LoadTarget = .empty, at now: Timestamp,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> DumpSummary {
        let (header, summary) = try await blocking { () throws(DumpError) in try DumpReader.verify(path) }
        try header.ledger.checkAll(against: sets)
        let known = try await tables(of: sets)
        try await write { session in
            _ = try session.rows("\(.unhurried)")
            try session.makeLedger()
            try session.lockMigrations()
            guard try session.row("\(.claimSchema)")?.get("free", as: Int.self) == 1 else { throw DumpError.inUse }
            // Who reads the tables by hand, and goes for lunch, does not hold this up in silence.
            _ = try session.rows("\(.patientForAMinute)")
            try session.ledger().check(against: sets)
            try session.clear(known, for: target, of: sets)
            try session.upgrade(sets, to: header.ledger.latest, at: now)
            try session.forgetSteps(of: sets)
            for entry in header.ledger { try session.record(entry) }
            try session.execute("\(.rulesAtTheEnd)")
            try session.fill(from: path, progress)
            try session.continueCounters()
            try session.upgrade(sets, at: now)
        }
        return summary
    }

    /// - Throws: ``DumpError/notEmpty(table:)`` when a table of the program has rows.
    public func checkEmpty(_ sets: [MigrationSet]) async throws {
        let known = try await tables(of: sets)
        if let table = try await read({ try $0.firstWithRows(of: known) }) {
            throw DumpError.notEmpty(table: table.name)
        }
    }
}

extension ReadSession {
    fileprivate func firstWithRows(of known: [Table]) throws(DatabaseError) -> Table? {
        let present = Set(try tables().map(\.name))
        for table in known where present.contains(table.name) {
            if try row("SELECT 1 AS found FROM \(SQL.name(table.name)) LIMIT 1") != nil { return table }
        }
        return nil
    }
}

extension WriteSession {
    /// Takes the program's tables away, so that they can be made as the dump has them.
    fileprivate func clear(_ known: [Table], for target: LoadTarget, of sets: [MigrationSet]) throws {
        if case .empty = target, let table = try firstWithRows(of: known) {
            throw DumpError.notEmpty(table: table.name)
        }
        for table in known.reversed() { try execute("DROP TABLE IF EXISTS \(SQL.name(table.name))") }
        try forgetSteps(of: sets)
    }

    fileprivate func forgetSteps(of sets: [MigrationSet]) throws(DatabaseError) {
        for set in sets { try execute("DELETE FROM schema_migrations WHERE module = \(set.module)") }
    }

    fileprivate func fill(from path: String, _ progress: (Int) -> Void) throws {
        let reader = try DumpReader(path)
        try reader.readHeader()
        let present = try tables()
        var (open, count) = (Optional<RowInserter>.none, 0)
        reading: while true {
            switch try reader.next() {
            case .table(let table):
                // Names become part of statements: only those that the steps have made are taken.
                guard let own = present.first(where: { $0.name == table.name }),
                    Set(own.columns) == Set(table.columns), own.columns.count == table.columns.count
                else { throw DumpError.damaged("'\(table.name)' is not a table as its steps make it") }
                try execute("DELETE FROM \(SQL.name(table.name))")
                open = RowInserter(table)
            case .rows(let bytes):
                guard let inserter = open else { throw DumpError.damaged("rows of no table") }
                let before = count
                count += try inserter.insert(bytes, in: self)
                if before / 10_000 != count / 10_000 { progress(count) }
            case .tableEnd(let end):
                guard let table = open?.table else { throw DumpError.damaged("the end of no table") }
                try check(table, holds: end)
                open = nil
            case .end: break reading
            }
        }
        progress(count)
    }

    private func check(_ table: Table, holds end: DumpTableEnd) throws {
        var digest = TableDigest()
        try each("SELECT \(SQL.names(table.columns)) FROM \(SQL.name(table.name))") { digest.add($0.values) }
        guard digest.rows == end.rows, digest.text == end.digest else { throw DumpError.notKept(table: table.name) }
    }

    /// Counters that the engine keeps go on after the highest number that was loaded.
    fileprivate func continueCounters() throws(DatabaseError) {
        for row in try rows("\(.catalog(.counters))") {
            let (table, column) = (SQL.name(try row.get("table_name")), SQL.name(try row.get("column_name")))
            let sequence: String = try row.get("sequence")
            _ = try rows(
                """
                SELECT setval(\(sequence)::text::regclass, GREATEST(MAX(\(column)), 1), MAX(\(column)) IS NOT NULL)
                FROM \(table)
                """)
        }
    }
}

/// Writes the rows of one table, several to a statement.
private struct RowInserter {
    /// Below the number of parameters that any engine takes.
    private static let mostValues = 800
    private static let mostBytes = 1 << 20

    let table: Table
    private let head: SQL

    init(_ table: Table) {
        self.table = table
        head = "INSERT INTO \(SQL.name(table.name)) (\(SQL.names(table.columns))) VALUES "
    }

    /// - Returns: how many rows there were.
    func insert(_ bytes: [UInt8], in session: any WriteSession) throws -> Int {
        var values = DumpValues(bytes)
        var (count, batch, size) = (0, [[SQLValue]](), 0)
        while !values.isAtEnd {
            let before = values.position
            batch.append(try values.row(of: table.columns.count))
            size += values.position - before
            count += 1
            if (batch.count + 1) * table.columns.count > Self.mostValues || size > Self.mostBytes {
                try session.execute(statement(batch))
                (batch, size) = ([], 0)
            }
        }
        if !batch.isEmpty { try session.execute(statement(batch)) }
        return count
    }

    private func statement(_ rows: [[SQLValue]]) -> SQL {
        var statement = SQL.Interpolation(literalCapacity: 0, interpolationCount: 0)
        statement.appendInterpolation(head)
        for (index, row) in rows.enumerated() {
            statement.appendLiteral(index == 0 ? "(" : ", (")
            for (column, value) in row.enumerated() {
                if column > 0 { statement.appendLiteral(", ") }
                statement.appendInterpolation(value)
            }
            statement.appendLiteral(")")
        }
        return SQL(stringInterpolation: statement)
    }
}
