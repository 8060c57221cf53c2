import FreshDatabases
import Storage
import StoragePostgres
import Testing

@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct PostgresStatementTests {
    @Test func `a statement that is used again is prepared`() async throws {
        let database = try await FreshDatabase.postgres { $0.connections = 1 }
        for number in 0..<3 { _ = try await database.read { try $0.row("SELECT \(number) AS number") } }
        #expect(try await database.prepared().filter { $0.contains("AS number") }.count == 1)
    }

    @Test func `those not used for longest give up their places`() async throws {
        let database = try await FreshDatabase.postgres { ($0.connections, $0.preparedStatements) = (1, 4) }
        for _ in 0..<3 {
            for number in 0..<10 {
                // Each is another statement, and comes twice.
                for _ in 0..<2 {
                    let sql = SQL(stringLiteral: "SELECT \(number) AS number")
                    let found = try await database.read { try $0.row(sql)?.get("number", as: Int.self) }
                    #expect(found == number)
                }
            }
        }
        let count = try await database.prepared().count
        #expect(count <= 4)
    }

    @Test func `the same text with values of other types is another statement`() async throws {
        let database = try await FreshDatabase.postgres { $0.connections = 1 }
        func echo(_ value: some SQLConvertible & Sendable) async throws -> SQLValue? {
            try await database.read { try $0.row("SELECT \(value) AS echo")?.get("echo", as: Echo.self).sqlValue }
        }
        for _ in 0..<3 {
            #expect(try await echo(Int.max) == .integer(.max))
            #expect(try await echo("a") == .text("a"))
            #expect(try await echo(0.1) == .real(0.1))
            #expect(try await echo([0] as [UInt8]) == .blob([0]))
        }
    }

    @Test func `what the server has forgotten is prepared again`() async throws {
        let database = try await FreshDatabase.postgres { $0.connections = 1 }
        for _ in 0..<3 {
            for _ in 0..<2 { #expect(try await database.one() == 1) }
            _ = try await database.write { try $0.rows("DEALLOCATE ALL") }
        }
        #expect(try await database.one() == 1)
    }

    @Test func `a table may change under a prepared statement`() async throws {
        let schema = try await FreshDatabase.schema()
        let (reader, changer) = (try schema.database { $0.connections = 1 }, try schema.database())
        try await changer.write { session in
            try session.execute("CREATE TABLE songs (title TEXT)")
            try session.execute("INSERT INTO songs VALUES ('7')")
        }
        func title() async throws -> SQLValue? {
            try await reader.read { try $0.row("SELECT * FROM songs")?.get("title", as: Echo.self).sqlValue }
        }
        for _ in 0..<3 { #expect(try await title() == .text("7")) }
        let text: SQL = "ALTER TABLE songs ALTER COLUMN title TYPE TEXT USING title::text"
        let number: SQL = "ALTER TABLE songs ALTER COLUMN title TYPE BIGINT USING title::bigint"
        for _ in 0..<3 {
            _ = try await changer.write { try $0.execute(number) }
            for _ in 0..<3 { #expect(try await title() == .integer(7)) }
            _ = try await changer.write { try $0.execute(text) }
            for _ in 0..<3 { #expect(try await title() == .text("7")) }
        }
    }
}

private struct Echo: SQLConvertible {
    let sqlValue: SQLValue

    init?(sqlValue: SQLValue) {
        self.sqlValue = sqlValue
    }
}

extension PostgresDatabase {
    fileprivate func prepared() async throws -> [String] {
        try await read { session in
            try session.rows("SELECT statement FROM pg_prepared_statements").map { try $0.get("statement") }
        }
    }

    fileprivate func one() async throws -> Int? {
        try await read { try $0.row("SELECT \(1) AS one")?.get("one") }
    }
}
