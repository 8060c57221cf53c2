import FreshDatabases
import Storage
import StoragePostgres
import Testing

@Suite struct PostgresAddressTests {
    @Test(arguments: [
        "", "nonsense secret", "postgres://u:secret@host:port/db?nonsense=secret", "postgres://u:sec%zzret@host/db",
        "mysql://u:secret@host/db", "postgres://u:secret@host/db\0",
    ])
    func `what is no address is refused, without being quoted`(url: String) {
        let error = #expect(throws: DatabaseError.self) {
            let database = try PostgresDatabase(url: url)
            // An empty address is libpq's: everything by default.
            if url.isEmpty { throw DatabaseError.unavailable("\(database.openConnections)") }
        }
        guard case .unavailable = error else { return #expect(error == nil) }
        #expect(!String(describing: error).contains("secret"))
    }

    @Test func `a server that is away is unavailable, and the password is not told`() async throws {
        var settings = PostgresSettings()
        settings.reconnectWait = .zero
        let database = try PostgresDatabase(url: "postgres://ada:secret@127.0.0.1:1/studio", settings: settings)
        let error = await #expect(throws: DatabaseError.self) { try await database.read { _ in } }
        guard case .unavailable(let reason) = error else { return #expect(error == nil) }
        #expect(reason.contains("127.0.0.1"))
        #expect(!reason.contains("secret"))
        #expect(database.openConnections == 0)
    }
}

@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct PostgresErrorTests {
    @Test func `an error names the rule, never a value`() async throws {
        let database = try await FreshDatabase.postgres()
        _ = try await database.write { session in
            try session.execute(
                """
                CREATE TABLE takes (name TEXT PRIMARY KEY, length BIGINT NOT NULL CONSTRAINT some_length CHECK (length > 0))
                """)
            try session.execute("INSERT INTO takes VALUES ('secret', 1)")
        }
        let refused: [(SQL, DatabaseError)] = [
            ("INSERT INTO takes VALUES (\("secret"), 1)", .constraint("takes_pkey of takes")),
            ("INSERT INTO takes VALUES (\("secret2"), -1)", .constraint("some_length of takes")),
            ("INSERT INTO takes VALUES (\("secret2"), NULL)", .constraint("NOT NULL (length) of takes")),
        ]
        for (statement, expected) in refused {
            await #expect(throws: expected) { try await database.write { try $0.execute(statement) } }
        }
        let wrong: [SQL] = [
            "SELECT \("secret")::bigint", "SELECT 1 / (length - 1) FROM takes",
            "SELECT secret FROM takes WHERE 'x' = \(1)",
            "INSERT INTO takes VALUES (\("a"), 9223372036854775807 + 1)",
            "SELECT '\u{1}secret'::bytea || chr(0)::bytea",
            "SELECT convert_from('\\xff'::bytea, 'UTF8')",
        ]
        for statement in wrong {
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.rows(statement) }
            }
            guard case .unexpected(let what) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            // A column's name is not a value.
            #expect(!what.contains("secret") || what.contains("column"))
        }
    }

    @Test func `a statement that runs too long is stopped`() async throws {
        let database = try await FreshDatabase.postgres { $0.statementTimeout = .milliseconds(50) }
        let error = await #expect(throws: DatabaseError.self) {
            try await database.write { try $0.rows("SELECT pg_sleep(60)") }
        }
        guard case .unavailable = error else { return #expect(error == nil) }
        // Which it may also run into itself on a busy machine.
        try await until {
            (try? await database.read { try $0.row("SELECT 1 AS one")?.get("one", as: Int.self) }) == 1
        }
    }

    @Test func `a lock that is not given in time leaves the database busy`() async throws {
        let schema = try await FreshDatabase.schema()
        let holder = try schema.database()
        let waiter = try schema.database { ($0.lockTimeout, $0.conflictWait) = (.milliseconds(20), .zero) }
        _ = try await holder.write { try $0.execute("CREATE TABLE songs (title TEXT)") }
        try await holder.write { session in
            try session.execute("LOCK TABLE songs IN ACCESS EXCLUSIVE MODE")
            waiting {
                await #expect(throws: DatabaseError.busy) {
                    try await waiter.write { try $0.execute("INSERT INTO songs VALUES ('a')") }
                }
            }
        }
    }

    @Test func `a body that does nothing for too long is ended, and not run again`() async throws {
        let database = try await FreshDatabase.postgres { $0.idleInTransactionTimeout = .milliseconds(30) }
        let other = try await FreshDatabase.postgres()
        let runs = Runs()
        let error = await #expect(throws: DatabaseError.self) {
            try await database.write { session in
                runs.add()
                try session.execute("CREATE TABLE songs (title TEXT)")
                waiting { _ = try? await other.read { try $0.rows("SELECT pg_sleep(0.2)") } }
                try session.execute("INSERT INTO songs VALUES ('a')")
            }
        }
        guard case .unavailable = error else { return #expect(error == nil) }
        #expect(runs.count == 1)
        // Which it may also run into itself on a busy machine.
        try await until {
            (try? await database.read { try $0.row("SELECT 1 AS one")?.get("one", as: Int.self) }) == 1
        }
    }

    @Test func `a reading cannot write`() async throws {
        let database = try await FreshDatabase.postgres()
        await #expect(throws: DatabaseError.unexpected("a change where only reading is allowed")) {
            try await database.read { try $0.rows("CREATE TABLE songs (title TEXT)") }
        }
    }
}
