import FreshDatabases
import Storage
import StoragePostgres
import Testing

extension Trait where Self == ConditionTrait {
    /// For every suite that needs a server.
    static var needsPostgres: Self {
        .enabled(if: FreshDatabase.postgresURL != nil, "set TEST_POSTGRES_URL: Scripts/postgres-server.sh start DIR")
    }
}

@Suite(.needsPostgres, .timeLimit(.minutes(30))) struct PostgresValueTests {
    @Test(
        arguments: [
            ("0::numeric", .integer(0)), ("-1::numeric", .integer(-1)), ("10000::numeric", .integer(10_000)),
            ("9223372036854775807::numeric", .integer(.max)), ("-9223372036854775808::numeric", .integer(.min)),
            ("9223372036854775808::numeric", .real(0x1p63)), ("100000000::numeric", .integer(100_000_000)),
            ("1e30::numeric", .real(1e30)), ("0.5::numeric", .real(0.5)), ("-1.25::numeric", .real(-1.25)),
            ("0.00001234::numeric", .real(0.00001234)), ("12345.6789::numeric", .real(12345.6789)),
            ("10000.0001::numeric", .real(10_000.0001)), ("1e-40::numeric", .real(1e-40)),
            ("2.000::numeric(10, 3)", .real(2)), ("0.1::numeric", .real(0.1)),
            ("'Infinity'::numeric", .real(.infinity)), ("'-Infinity'::numeric", .real(-.infinity)),
            ("32767::smallint", .integer(32_767)), ("(-32768)::smallint", .integer(-32_768)),
            ("(-2147483648)::integer", .integer(-2_147_483_648)), ("4294967295::oid", .integer(4_294_967_295)),
            ("true", .integer(1)), ("false", .integer(0)), ("1.5::real", .real(1.5)), ("-0.5::real", .real(-0.5)),
            ("'Infinity'::float8", .real(.infinity)), ("'-0'::float8", .real(-0.0)),
            ("5e-324::float8", .real(.leastNonzeroMagnitude)),
            ("'a'::varchar(3)", .text("a")), ("'a'::name", .text("a")), ("'{\"a\": 1}'::json", .text("{\"a\": 1}")),
            ("''::text", .text("")), ("''::bytea", .blob([])), ("'\\x00ff'::bytea", .blob([0, 255])),
            ("NULL::bigint", .null),
        ] as [(String, SQLValue)])
    func `columns of the server become the common values, exactly`(expression: String, value: SQLValue) async throws {
        let row = try await found(of: expression)
        #expect(row == value)
        if case .real(let expected) = value, case .real(let found) = row {
            #expect(found.bitPattern == expected.bitPattern)
        }
    }

    @Test func `what is no number stays none`() async throws {
        for expression in ["'NaN'::float8", "'NaN'::real", "'NaN'::numeric"] {
            guard case .real(let found) = try await found(of: expression) else {
                Issue.record("\(expression) is no real")
                continue
            }
            #expect(found.isNaN)
        }
        let database = try await FreshDatabase.postgres()
        let kept = try await database.write { session in
            try session.execute("CREATE TABLE reals (real DOUBLE PRECISION)")
            try session.execute("INSERT INTO reals VALUES (\(Double.nan)), (\(-0.0)), (\(-Double.infinity))")
            return try session.rows("SELECT real FROM reals").map { try $0.get("real", as: Double.self).bitPattern }
        }
        #expect(kept == [Double.nan.bitPattern, (-0.0).bitPattern, (-Double.infinity).bitPattern])
    }

    @Test func `a type without a counterpart is refused by its column`() async throws {
        for expression in ["now()", "'0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'::uuid", "ARRAY[1]"] {
            let error = await #expect(throws: DatabaseError.self) { try await found(of: expression) }
            guard case .unexpected(let what) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(what.contains("'value'"))
        }
    }

    @Test func `a null may stand wherever a value may`() async throws {
        let database = try await FreshDatabase.postgres()
        let found = try await database.read { session in
            let none = Int?.none
            return try session.row(
                """
                SELECT COALESCE(\(none), \(7)) AS a, \(none) IS NULL AS b, \(String?.none) AS c,
                    CASE WHEN \(none) IS NULL OR 1 = \(none) THEN \(Int.max) ELSE 0 END AS d
                """)
        }
        let row = try #require(found)
        #expect(try row.get("a") == 7)
        #expect(try row.get("b") == true)
        #expect(try row.get(optional: "c", as: String.self) == nil)
        #expect(try row.get("d") == Int.max)
    }

    /// The expressions are written above: nothing from outside becomes part of the statement.
    private func found(of expression: String) async throws -> SQLValue {
        let database = try await FreshDatabase.postgres()
        let row = try await database.read { try $0.row("SELECT \(SQL(stringLiteral: expression)) AS value") }
        return try #require(row).get(optional: "value", as: AnyValue.self)?.sqlValue ?? .null
    }
}

/// Whatever a column holds.
private struct AnyValue: SQLConvertible {
    let sqlValue: SQLValue

    init?(sqlValue: SQLValue) {
        self.sqlValue = sqlValue
    }
}
