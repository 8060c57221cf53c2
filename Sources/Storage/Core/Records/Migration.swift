/// One step of a module's schema. Steps only add, and are never edited once released.
public struct Migration: Sendable {
    public let number: Int
    public let name: String
    public let statements: [SQL]

    public init(_ number: Int, _ name: String, _ statements: [SQL]) {
        (self.number, self.name, self.statements) = (number, name, statements)
    }
}

/// All steps of one module, numbered 1, 2, 3, …
public struct MigrationSet: Sendable {
    public let module: String
    public let migrations: [Migration]

    public init(module: String, _ migrations: [Migration]) {
        precondition(
            migrations.map(\.number) == Array(1..<(migrations.count + 1)), "migrations are numbered 1, 2, 3, …")
        (self.module, self.migrations) = (module, migrations)
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
        _ = try await write { session in
            try session.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    module TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, applied_at BIGINT NOT NULL,
                    PRIMARY KEY (module, number))
                """)
        }
        try await write { session in
            try session.lockMigrations()
            for set in sets {
                let found = try session.latestMigration(of: set.module)
                guard found <= set.migrations.count else {
                    throw DatabaseError.newerSchema(module: set.module, found: found, known: set.migrations.count)
                }
            }
        }
        for set in sets {
            for migration in set.migrations {
                try await write { try $0.apply(migration, of: set.module, at: now) }
            }
        }
    }
}

extension WriteSession {
    /// Must come before anything is read: what is read then includes what the last holder did.
    fileprivate func lockMigrations() throws {
        _ = try rows("\(.lockTable("schema_migrations"))")
    }

    fileprivate func apply(_ migration: Migration, of module: String, at now: Timestamp) throws {
        try lockMigrations()
        guard try latestMigration(of: module) < migration.number else { return }
        for statement in migration.statements {
            try execute(statement)
        }
        try execute(
            """
            INSERT INTO schema_migrations (module, number, name, applied_at)
            VALUES (\(module), \(migration.number), \(migration.name), \(now))
            """)
    }
}

extension ReadSession {
    fileprivate func latestMigration(of module: String) throws(DatabaseError) -> Int {
        try row("SELECT COALESCE(MAX(number), 0) AS number FROM schema_migrations WHERE module = \(module)")?
            .get("number") ?? 0
    }
}
