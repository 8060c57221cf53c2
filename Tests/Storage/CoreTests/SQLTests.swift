import Storage
import Testing

@Suite struct SQLTests {
    @Test func `what is interpolated is a parameter, in each engine's spelling`() {
        let name = "'; DROP TABLE songs; --"
        let sql: SQL = "SELECT id FROM songs WHERE name = \(name) AND length > \(2.5) AND parent = \(String?.none)"
        #expect(sql.rendered(for: .sqlite).text == "SELECT id FROM songs WHERE name = ? AND length > ? AND parent = ?")
        #expect(
            sql.rendered(for: .postgres).text
                == "SELECT id FROM songs WHERE name = $1 AND length > $2 AND parent = NULL")
        for dialect in [SQLDialect.sqlite, .postgres] {
            #expect(sql.rendered(for: dialect).values.prefix(2) == [.text(name), .real(2.5)])
        }
        #expect(sql.rendered(for: .sqlite).values.count == 3)
    }

    @Test func `a null stands in PostgreSQL's statement itself, as its parameters have types`() {
        let sql: SQL = "UPDATE songs SET parent = \(String?.none), length = \(Int?.none) WHERE id = \(7)"
        let rendered = sql.rendered(for: .postgres)
        #expect(rendered.text == "UPDATE songs SET parent = NULL, length = NULL WHERE id = $1")
        #expect(rendered.values == [.integer(7)])
    }

    @Test func `a piece of another statement brings its parameters, numbered in place`() {
        let condition: SQL = "owner = \("ada") AND kind IN (\(list: [1, 2]))"
        let sql: SQL = "UPDATE songs SET title = \("x") WHERE \(condition) AND id = \(7)"
        let rendered = sql.rendered(for: .postgres)
        #expect(rendered.text == "UPDATE songs SET title = $1 WHERE owner = $2 AND kind IN ($3, $4) AND id = $5")
        #expect(rendered.values == [.text("x"), .text("ada"), .integer(1), .integer(2), .integer(7)])
    }

    @Test func `rows of one statement stand side by side, each with its parameters`() {
        let rows: [SQL] = ["one", "two"].enumerated().map { "(\($0.offset), \($0.element))" }
        let rendered = ("INSERT INTO songs (id, title) VALUES \(list: rows)" as SQL).rendered(for: .postgres)
        #expect(rendered.text == "INSERT INTO songs (id, title) VALUES ($1, $2), ($3, $4)")
        #expect(rendered.values == [.integer(0), .text("one"), .integer(1), .text("two")])
    }

    @Test func `an empty list is NULL, which nothing is in`() {
        let sql: SQL = "DELETE FROM songs WHERE id IN (\(list: [Int]()))"
        #expect(sql.rendered(for: .sqlite).text == "DELETE FROM songs WHERE id IN (NULL)")
        #expect(sql.rendered(for: .sqlite).values.isEmpty)
    }

    @Test func `each difference has its text for each engine`() {
        let sql: SQL = "\(SQLDifference.bytes)|\(SQLDifference.skipLocked)"
        #expect(sql.rendered(for: .sqlite).text == "BLOB|")
        #expect(sql.rendered(for: .postgres).text == "BYTEA|FOR UPDATE SKIP LOCKED")
    }

    @Test func `values of all kinds go to a column and back, other kinds do not`() {
        enum Color: String, SQLConvertible { case red, green }
        #expect(Color(sqlValue: Color.green.sqlValue) == .green)
        #expect(Color(sqlValue: .text("blue")) == nil)
        #expect(Color(sqlValue: .integer(0)) == nil)
        #expect(Bool(sqlValue: true.sqlValue) == true)
        #expect(Bool(sqlValue: .text("true")) == nil)
        #expect(Double(sqlValue: .integer(3)) == 3)
        #expect(Double(sqlValue: .text("3")) == nil)
        #expect(Int(sqlValue: .real(3)) == nil)
        #expect([UInt8](sqlValue: .text("x")) == nil)
        #expect(String(sqlValue: .blob([0x78])) == nil)
        #expect(Int64(sqlValue: Int64.min.sqlValue) == .min)
        #expect(Timestamp(sqlValue: .null) == nil)
    }

    @Test func `a row is read by name, and says what is wrong`() throws {
        let row = Row(columns: ["id", "title"], values: [.integer(1), .null])
        #expect(try row.get("id") == 1)
        #expect(try row.get(optional: "title", as: String.self) == nil)
        #expect(throws: DatabaseError.unexpected("column 'title' is not String")) {
            try row.get("title", as: String.self)
        }
        #expect(throws: DatabaseError.unexpected("the answer has no column 'name'")) {
            try row.get(optional: "name", as: String.self)
        }
    }
}
