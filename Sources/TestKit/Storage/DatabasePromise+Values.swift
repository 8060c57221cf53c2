import Storage
import Testing

extension DatabasePromise {
    static let values = [
        DatabasePromise("every kind of value comes back as it went in") { database in
            try await database.makeColumns()
            for integer in [0, 1, -1, Int64.max, .min] { try await database.checkKept(integer, in: "whole") }
            for real in [0, 0.1, -1.5, 3, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi, .infinity]
                as [Double]
            {
                try await database.checkKept(real, in: "real")
            }
            for text in ["", "a", "1", "1.0", "NULL", "é", "e\u{301}", "😀\u{200B}", "\r\n\t\u{1}", longText] {
                try await database.checkKept(text, in: "text")
            }
            for bytes in [[], [0], Array(0...255), Array("text".utf8), Array(repeating: 9, count: 1 << 20)] {
                try await database.checkKept(bytes, in: "bytes")
            }
            for flag in [true, false] { try await database.checkKept(flag, in: "whole") }
            try await database.checkKept(Timestamp(milliseconds: 1_795_000_000_123), in: "whole")
            try await database.checkKept(AccountID.random(), in: "text")
        },
        DatabasePromise("null is no value, and no value is null") { database in
            try await database.makeColumns()
            _ = try await database.write { try $0.execute("INSERT INTO kinds (id, text) VALUES (1, \(String?.none))") }
            try await database.read { session in
                let row = try #require(try session.row("SELECT text, bytes, id FROM kinds"))
                #expect(try row.get(optional: "text", as: String.self) == nil)
                #expect(try row.get(optional: "id", as: Int.self) == 1)
                #expect(throws: DatabaseError.self) { try row.get("text", as: String.self) }
                #expect(throws: DatabaseError.self) { try row.get("missing", as: String.self) }
                #expect(throws: DatabaseError.self) { try row.get("id", as: String.self) }
            }
        },
        DatabasePromise("interpolated text is data, whatever it says") { database in
            try await database.makeColumns()
            let hostile = [
                "'; DROP TABLE kinds; --", "' OR '1'='1", "\"", "\\'", "?", "$1", ":name", "@name", "/*", "--",
                "%s", "\u{2019}; DELETE FROM kinds", "x'00'", "NULL",
            ]
            for text in hostile { try await database.checkKept(text, in: "text") }
            let matching = try await database.read { session in
                try session.rows("SELECT id FROM kinds WHERE text = \("' OR '1'='1")").count
            }
            #expect(matching == 0)
        },
        DatabasePromise("text with a zero byte is kept whole or refused, never cut") { database in
            try await database.makeColumns()
            do {
                try await database.checkKept("a\0b", in: "text")
            } catch DatabaseError.unexpected {
                let count = try await database.read { try $0.rows("SELECT id FROM kinds").count }
                #expect(count == 0)
            }
        },
        DatabasePromise("a list of values finds each of them, an empty one nothing") { database in
            try await database.makeAccounts([10, 20, 30])
            try await database.read { session in
                let some = try session.rows("SELECT name FROM accounts WHERE balance IN (\(list: [10, 30, 99]))")
                let none = try session.rows("SELECT name FROM accounts WHERE balance IN (\(list: [Int]()))")
                #expect((some.count, none.count) == (2, 0))
            }
        },
        DatabasePromise("text is sorted by its bytes") { database in
            try await database.makeColumns()
            let sorted = ["", " ", "-b", "A", "B", "_", "a", "a-c", "aB", "ab", "b", "e\u{301}", "z", "é", "😀"]
            try await database.write { session in
                for (id, text) in sorted.enumerated().reversed() {
                    try session.execute("INSERT INTO kinds (id, text) VALUES (\(id), \(text))")
                }
            }
            let found = try await database.read { session in
                try session.rows("SELECT text FROM kinds ORDER BY text").map { try $0.get("text", as: String.self) }
            }
            #expect(found.map { Array($0.utf8) } == sorted.map { Array($0.utf8) })
            let below = try await database.read { try $0.rows("SELECT id FROM kinds WHERE text < \("a")").count }
            #expect(below == 6)
        },
        DatabasePromise("sums of whole numbers are whole, means are not") { database in
            try await database.makeAccounts([1, 2, 1 << 60])
            let row = try await database.read { session in
                try session.row(
                    """
                    SELECT SUM(balance) AS sum, COUNT(*) AS count, MAX(balance) AS most, AVG(balance) AS mean,
                        SUM(CASE WHEN balance < 3 THEN balance END) AS small FROM accounts
                    """)
            }
            #expect(try row?.get("sum") == 3 + 1 << 60)
            #expect(try row?.get("count") == 3)
            #expect(try row?.get("most") == 1 << 60)
            #expect(try row?.get("small") == 3)
            #expect(abs((try row?.get("mean", as: Double.self) ?? 0) * 3 / 0x1p60 - 1) < 1e-12)
        },
        DatabasePromise("a change can give its rows back") { database in
            try await database.makeAccounts([1, 2])
            let balances = try await database.write { session in
                try session.rows("UPDATE accounts SET balance = balance * 10 WHERE name = '1' RETURNING balance")
                    .map { try $0.get("balance", as: Int.self) }
            }
            #expect(balances == [20])
            #expect(try await database.balances() == [1, 20])
        },
        DatabasePromise("a put over a conflict counts as one change, a put aside as none") { database in
            try await database.makeAccounts([1])
            let put: SQL = "INSERT INTO accounts (name, balance) VALUES ('0', 9) ON CONFLICT (name)"
            let counts = try await database.write { session in
                [
                    try session.execute("\(put) DO UPDATE SET balance = excluded.balance"),
                    try session.execute("\(put) DO NOTHING"),
                    try session.execute("UPDATE accounts SET balance = 0 WHERE name = 'nobody'"),
                ]
            }
            #expect(counts == [1, 0, 0])
            #expect(try await database.balances() == [9])
        },
    ]
}

private let longText = String(repeating: "word ", count: 50_000)

extension Database {
    fileprivate func makeColumns() async throws {
        _ = try await write { session in
            try session.execute(
                """
                CREATE TABLE kinds (
                    id BIGINT PRIMARY KEY, whole BIGINT, real DOUBLE PRECISION, text TEXT, bytes \(SQLDifference.bytes))
                """)
        }
    }

    fileprivate func checkKept<Value: SQLConvertible & Equatable & Sendable>(
        _ value: Value, in column: String
    ) async throws {
        // The columns' names are written above: nothing from outside becomes part of the statement.
        let name = SQL(stringLiteral: column)
        let found = try await write { session in
            try session.execute("INSERT INTO kinds (id, \(name)) VALUES (1, \(value))")
            let found = try session.row("SELECT \(name) AS found FROM kinds WHERE \(name) = \(value)")
            try session.execute("DELETE FROM kinds")
            return try found?.get("found", as: Value.self)
        }
        let same = found.map { "\($0)".utf8.elementsEqual("\(value)".utf8) && $0 == value } ?? false
        #expect(
            same, "\(Value.self) \("\(value)".prefix(40)) came back as \("\(String(describing: found))".prefix(60))")
    }
}
