import Foundation

extension InspectableDatabase {
    /// Writes every row of every table that the steps make, in one snapshot, into one file. Nobody waits for it.
    ///
    /// The file appears when it is whole and on the disk; until then it stands beside, as `path.partial-…`.
    ///
    /// - Parameters:
    ///   - sets: those of the program; the database may have taken fewer of their steps.
    ///   - progress: told how many rows are written, about every 10,000.
    /// - Throws: ``DumpError``, ``DatabaseError``, `CancellationError`.
    /// - Complexity: one row and 256 KiB are in memory at a time.
    public func dump(
        to path: String, _ sets: [MigrationSet], at now: Timestamp,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> DumpSummary {
        try await dump(to: path, try await dumpPlan(sets), at: now, progress: progress)
    }

    func dumpPlan(_ sets: [MigrationSet]) async throws -> DumpPlan {
        let ledger = try await read { try $0.ledger() }
        try ledger.checkAll(against: sets)
        return DumpPlan(ledger: ledger, tables: try await tables(of: sets, at: ledger.latest))
    }

    /// - Throws: ``DatabaseError/busy`` when the schema is another than when `plan` was made.
    func dump(
        to path: String, _ plan: DumpPlan, at now: Timestamp, progress: @escaping @Sendable (Int) -> Void
    ) async throws -> DumpSummary {
        try TemporaryName.checkFree(path)
        let partial = "\(path).partial-\(UUID().uuidString.lowercased())"
        defer { unlink(partial) }
        let summary = try await read { session in
            // A body may run again: each run writes its own file.
            unlink(partial)
            _ = try session.rows("\(.unhurried)")
            guard try session.ledger() == plan.ledger else { throw DatabaseError.busy }
            let header = DumpHeader(format: DumpHeader.currentFormat, createdAt: now, ledger: plan.ledger)
            let writer = try DumpWriter(creating: partial, header)
            var count = 0
            for table in plan.tables {
                try writer.begin(table)
                try session.each("SELECT \(SQL.names(table.columns)) FROM \(SQL.name(table.name))") { row in
                    try writer.row(row.values)
                    count += 1
                    if count % 10_000 == 0 { progress(count) }
                }
                try writer.endTable()
            }
            progress(count)
            return try writer.finish()
        }
        try Task.checkCancellation()
        try await blocking { () throws(DumpError) in try TemporaryName.publish(partial, as: path) }
        return summary
    }
}

/// What is to be dumped.
struct DumpPlan: Sendable {
    let ledger: [MigrationLedger.Entry]
    /// Each after those that it refers to.
    let tables: [Table]
}
