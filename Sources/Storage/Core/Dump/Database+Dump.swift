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
        try TemporaryName.checkFree(path)
        let ledger = try await read { try $0.ledger() }
        try ledger.checkAll(against: sets)
        let tables = try await tables(of: sets, at: ledger.latest)
        let partial = "\(path).partial-\(UUID().uuidString.lowercased())"
        defer { unlink(partial) }
        let summary = try await read { session in
            // A body may run again: each run writes its own file.
            unlink(partial)
            _ = try session.rows("\(.unhurried)")
            // Migrated just now: the next attempt finds the new steps.
            guard try session.ledger() == ledger else { throw DatabaseError.busy }
            let header = DumpHeader(format: DumpHeader.currentFormat, createdAt: now, ledger: ledger)
            let writer = try DumpWriter(creating: partial, header)
            var count = 0
            for table in tables {
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
