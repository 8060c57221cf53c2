/// Which steps a database has taken.
public enum MigrationLedger {
    static let table = "schema_migrations"

    /// One step that was taken.
    public struct Entry: Codable, Equatable, Sendable {
        public let module: String
        public let number: Int
        public let name: String
        public let appliedAt: Timestamp
    }
}

extension Database {
    /// Brings the schema of every module up to date.
    ///
    /// Each step is one transaction together with its line in the ledger, so a killed run goes on where it stopped,
    /// and programs that start together wait for each other.
    ///
    /// - Throws: ``DatabaseError/newerSchema(module:found:known:)`` before anything is changed.
    public func migrate(_ sets: [MigrationSet], at now: Timestamp) async throws {
        try await write { try $0.makeLedger() }
        try await write { session in
            try session.lockMigrations()
            try session.ledger().check(against: sets)
        }
        for set in sets {
            for migration in set.migrations {
                try await write { session in
                    try session.lockMigrations()
                    try session.apply(migration, of: set.module, at: now)
                }
            }
        }
    }
}

extension WriteSession {
    func makeLedger() throws(DatabaseError) {
        try execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                module TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, applied_at BIGINT NOT NULL,
                PRIMARY KEY (module, number))
            """)
    }

    /// Waits for other programs that are at it, however long their steps take; the transaction's own may take as long.
    ///
    /// Must come before anything is read: what is read then includes what the last holder did.
    func lockMigrations() throws(DatabaseError) {
        _ = try rows("\(.unhurried)")
        _ = try rows("\(.patient)")
        _ = try rows("\(.lockTable("schema_migrations"))")
    }

    /// Takes the steps that were not taken yet, in this transaction.
    ///
    /// - Parameter numbers: the last step of each module that is wanted; nil for all steps of all modules.
    func upgrade(_ sets: [MigrationSet], to numbers: [String: Int]? = nil, at now: Timestamp) throws(DatabaseError) {
        try makeLedger()
        try lockMigrations()
        for set in sets {
            let last = numbers.map { $0[set.module] ?? 0 } ?? set.migrations.count
            for migration in set.migrations.prefix(last) { try apply(migration, of: set.module, at: now) }
        }
    }

    fileprivate func apply(
        _ migration: Migration, of module: String, at now: Timestamp
    ) throws(DatabaseError) {
        let latest: Int =
            try row("SELECT COALESCE(MAX(number), 0) AS number FROM schema_migrations WHERE module = \(module)")?
            .get("number") ?? 0
        guard latest < migration.number else { return }
        for statement in migration.statements {
            try execute(statement)
        }
        try record(
            MigrationLedger.Entry(module: module, number: migration.number, name: migration.name, appliedAt: now))
    }

    func record(_ entry: MigrationLedger.Entry) throws(DatabaseError) {
        try execute(
            """
            INSERT INTO schema_migrations (module, number, name, applied_at)
            VALUES (\(entry.module), \(entry.number), \(entry.name), \(entry.appliedAt))
            """)
    }
}

extension ReadSession {
    /// Empty for a database that was never migrated.
    public func ledger() throws(DatabaseError) -> [MigrationLedger.Entry] {
        guard try row("\(.catalog(.ledger))") != nil else { return [] }
        var entries: [MigrationLedger.Entry] = []
        for row in try rows("SELECT module, number, name, applied_at FROM schema_migrations ORDER BY module, number") {
            entries.append(
                MigrationLedger.Entry(
                    module: try row.get("module"), number: try row.get("number"), name: try row.get("name"),
                    appliedAt: try row.get("applied_at")))
        }
        return entries
    }
}

extension [MigrationLedger.Entry] {
    /// The last step of each module.
    var latest: [String: Int] {
        Dictionary(map { ($0.module, $0.number) }, uniquingKeysWith: Swift.max)
    }

    /// - Throws: ``DatabaseError/newerSchema(module:found:known:)`` for a module of which `sets` knows fewer steps.
    func check(against sets: [MigrationSet]) throws(DatabaseError) {
        for set in sets {
            let found = latest[set.module] ?? 0
            guard found <= set.migrations.count else {
                throw .newerSchema(module: set.module, found: found, known: set.migrations.count)
            }
        }
    }

    /// - Throws: as ``check(against:)``, and for a module that `sets` does not know at all: its rows would be left out.
    func checkAll(against sets: [MigrationSet]) throws(DatabaseError) {
        try check(against: sets)
        for (module, found) in latest.sorted(by: { $0.key < $1.key })
        where !sets.contains(where: { $0.module == module }) {
            throw .newerSchema(module: module, found: found, known: 0)
        }
    }
}
