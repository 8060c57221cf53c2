/// What is wrong with a database.
public enum DatabaseFault: Equatable, Sendable {
    /// The engine's own words.
    case structure(String)
    /// The ledger tells of a step that the program does not know by that number and name.
    case step(module: String, number: Int)
    /// A table, column, index or rule that the steps make is not there.
    case missing(kind: String, name: String)
    /// It is there, made otherwise than by the steps.
    case different(kind: String, name: String)
    /// The rows of a table cannot all be read.
    case unreadable(table: String, reason: String)
}

extension DatabaseFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .structure(let words): "the engine reports: \(words)"
        case .step(let module, let number):
            "step \(number) of '\(module)' is not a step of this program: was it made by another version?"
        case .missing(let kind, let name): "the \(kind) '\(name)' is missing: dump what can be read, and load it anew"
        case .different(let kind, let name): "the \(kind) '\(name)' is not as the program makes it"
        case .unreadable(let table, let reason): "the table '\(table)' cannot be read (\(reason))"
        }
    }
}

/// What a check looked at, and found.
public struct DatabaseCheck: Sendable {
    public let faults: [DatabaseFault]
    /// The rows of each table that was read whole.
    public let rows: [String: Int]
}

extension InspectableDatabase {
    /// Looks whether the database is whole: the engine's structures, the steps in the ledger, the schema that these steps
    /// make, and every row of every table.
    ///
    /// What others keep beside the program's tables is not looked at.
    /// - Throws: ``DatabaseError/newerSchema(module:found:known:)``; ``DatabaseError/unavailable(_:)``.
    /// - Complexity: reads the whole database twice.
    public func check(_ sets: [MigrationSet]) async throws -> DatabaseCheck {
        var faults = try await structuralFaults().map(DatabaseFault.structure)
        let (ledger, found): ([MigrationLedger.Entry], Schema)
        do {
            (ledger, found) = try await read { (try $0.ledger(), try $0.schema()) }
        } catch DatabaseError.unexpected where !faults.isEmpty {
            // Too damaged to say more.
            return DatabaseCheck(faults: faults, rows: [:])
        }
        try ledger.checkAll(against: sets)
        let latest = ledger.latest
        let (expected, tables) = try await onEmptySchema { session in
            try session.upgrade(sets, to: latest, at: Timestamp(milliseconds: 0))
            return (try session.schema(), try session.tables())
        }
        faults += Self.faults(of: ledger, in: sets)
        if !ledger.isEmpty { faults += Self.faults(of: found, asMade: expected) }
        var rows: [String: Int] = [:]
        for table in tables {
            do {
                rows[table.name] = try await count(table)
            } catch let error as DatabaseError {
                if case .unavailable = error { throw error }
                faults.append(.unreadable(table: table.name, reason: error.description))
            }
        }
        return DatabaseCheck(faults: faults, rows: rows)
    }

    private static func faults(of ledger: [MigrationLedger.Entry], in sets: [MigrationSet]) -> [DatabaseFault] {
        var expected: [String: Int] = [:]
        return ledger.compactMap { entry in
            expected[entry.module, default: 0] += 1
            let step = sets.first { $0.module == entry.module }?.migrations.first { $0.number == entry.number }
            guard step?.name == entry.name, expected[entry.module] == entry.number else {
                return .step(module: entry.module, number: entry.number)
            }
            return nil
        }
    }

    private static func faults(of found: Schema, asMade expected: Schema) -> [DatabaseFault] {
        expected.items.compactMap { item in
            let same = found.items.first { $0.kind == item.kind && $0.name == item.name }
            guard let same else { return .missing(kind: item.kind, name: item.name) }
            return same == item ? nil : .different(kind: item.kind, name: item.name)
        }
    }

    private func count(_ table: Table) async throws -> Int {
        try await read { session in
            _ = try session.rows("\(.unhurried)")
            var count = 0
            try session.each("SELECT \(SQL.names(table.columns)) FROM \(SQL.name(table.name))") { _ in count += 1 }
            return count
        }
    }
}
