/// A statement. What is interpolated becomes a bound parameter, never text, so it cannot be injected.
///
/// ```swift
/// let late: SQL = "SELECT id FROM jobs WHERE owner = \(account) AND run_at < \(now)"
/// ```
///
/// Written once for every dialect: `TEXT`, `BIGINT`, `DOUBLE PRECISION` columns, `ON CONFLICT`, `RETURNING`;
/// where the engines differ, a named ``SQLDifference`` stands in.
public struct SQL: Sendable {
    public enum Part: Sendable {
        case text(String)
        case value(SQLValue)
        case difference(SQLDifference)
    }

    public private(set) var parts: [Part] = []

    /// The statement's text and its parameters in order, as one engine wants them.
    public func rendered(for dialect: SQLDialect) -> (text: String, values: [SQLValue]) {
        var (text, values) = ("", [SQLValue]())
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .difference(let difference): text += difference.text(for: dialect)
            // PostgreSQL types its parameters, and a null has no type.
            case .value(.null) where dialect == .postgres: text += "NULL"
            case .value(let value):
                values.append(value)
                text += dialect.placeholder(values.count)
            }
        }
        return (text, values)
    }
}

extension SQL: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) {
        parts = [.text(text)]
    }

    public init(stringInterpolation: Interpolation) {
        parts = stringInterpolation.parts
    }

    public struct Interpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(2 * interpolationCount + 1)
        }

        public mutating func appendLiteral(_ text: String) {
            parts.append(.text(text))
        }

        public mutating func appendInterpolation(_ value: some SQLConvertible) {
            parts.append(.value(value.sqlValue))
        }

        public mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            parts.append(.value(value?.sqlValue ?? .null))
        }

        public mutating func appendInterpolation(_ value: SQLValue) {
            parts.append(.value(value))
        }

        /// A piece of another statement, with its parameters.
        public mutating func appendInterpolation(_ sql: SQL) {
            parts += sql.parts
        }

        /// Pieces with commas between them, as the rows of `VALUES`.
        public mutating func appendInterpolation(list pieces: [SQL]) {
            for (index, piece) in pieces.enumerated() {
                if index > 0 { parts.append(.text(", ")) }
                parts += piece.parts
            }
        }

        public mutating func appendInterpolation(_ difference: SQLDifference) {
            parts.append(.difference(difference))
        }

        /// `a, b, c` for `IN (…)`; nothing is in an empty list, so that becomes `NULL`.
        public mutating func appendInterpolation(list values: [some SQLConvertible]) {
            guard !values.isEmpty else { return parts.append(.text("NULL")) }
            for (index, value) in values.enumerated() {
                if index > 0 { parts.append(.text(", ")) }
                parts.append(.value(value.sqlValue))
            }
        }
    }
}

/// The engines that are spoken to.
public enum SQLDialect: Sendable {
    case sqlite, postgres

    func placeholder(_ number: Int) -> String {
        switch self {
        case .sqlite: "?"
        case .postgres: "$\(number)"
        }
    }
}

/// Every place where the engines differ, by name.
public enum SQLDifference: Sendable {
    /// Rows another transaction holds are passed over. SQLite has one writer, so nothing is to be passed over.
    case skipLocked
    /// At the end of a query: its rows are held until the transaction ends, and seen as they are then.
    case forUpdate
    /// The column type for bytes.
    case bytes
    /// After the type of a text column, or after a text in an index, a condition or an order: compared by bytes, whatever
    /// the language of the server.
    case byteOrder
    /// At the end of a table's definition: rows lie in the order of the primary key.
    case clustered
    /// A whole statement: nobody else changes the table until the transaction ends. A transaction of SQLite that writes
    /// holds the whole database anyway.
    case lockTable(StaticString)
    /// A whole statement: each that follows in the transaction may take as long as it needs.
    case unhurried
    /// A whole statement: each that follows in the transaction waits for others as long as they need.
    case patient
    /// A whole statement: each that follows in the transaction waits a minute for others, and fails then.
    case patientForAMinute
    /// A whole query: `free` is 1 where no process is at work on the schema, and then none begins to be until the
    /// transaction ends. Who opens a file for itself holds a lock on it.
    case claimSchema
    /// A whole statement: rules between tables are looked at when the transaction ends, where they allow it.
    case rulesAtTheEnd
    /// A whole query about the tables themselves.
    case catalog(CatalogQuestion)
    /// Before a column in a condition: rows are not to be looked up by it. SQLite, which knows little of how rows are spread,
    /// would do so where another index gives fewer steps; PostgreSQL tells by itself.
    case notLookedUp
    /// Before a statement: tells how it would be run, instead of running it.
    case explain

    /// The advisory lock that all hold, shared, who are at work on the schema.
    package static let schemaUse = "hashtext('waxwing'), hashtext(current_schema())"

    func text(for dialect: SQLDialect) -> String {
        switch (self, dialect) {
        case (.skipLocked, .sqlite): ""
        case (.skipLocked, .postgres): "FOR UPDATE SKIP LOCKED"
        case (.forUpdate, .sqlite): ""
        case (.forUpdate, .postgres): "FOR UPDATE"
        case (.bytes, .sqlite): "BLOB"
        case (.bytes, .postgres): "BYTEA"
        case (.byteOrder, .sqlite): "COLLATE BINARY"
        case (.byteOrder, .postgres): "COLLATE \"C\""
        case (.clustered, .sqlite): "WITHOUT ROWID"
        case (.clustered, .postgres): ""
        case (.unhurried, .sqlite): "SELECT 1"
        case (.unhurried, .postgres): "SET LOCAL statement_timeout = 0"
        case (.patient, .sqlite): "SELECT 1"
        case (.patient, .postgres): "SET LOCAL lock_timeout = 0"
        case (.patientForAMinute, .sqlite): "SELECT 1"
        case (.patientForAMinute, .postgres): "SET LOCAL lock_timeout = '1min'"
        case (.claimSchema, .sqlite): "SELECT 1 AS free"
        case (.claimSchema, .postgres):
            "SELECT CASE WHEN pg_try_advisory_xact_lock(\(Self.schemaUse)) THEN 1 ELSE 0 END AS free"
        case (.rulesAtTheEnd, .sqlite): "PRAGMA defer_foreign_keys = ON"
        case (.rulesAtTheEnd, .postgres): "SET CONSTRAINTS ALL DEFERRED"
        case (.catalog(let question), let dialect): question.text(for: dialect)
        case (.notLookedUp, .sqlite): "+"
        case (.notLookedUp, .postgres): ""
        case (.explain, .sqlite): "EXPLAIN QUERY PLAN"
        case (.explain, .postgres): "EXPLAIN (COSTS OFF)"
        case (.lockTable, .sqlite): "SELECT 1"
        case (.lockTable(let name), .postgres): "LOCK TABLE \(name) IN EXCLUSIVE MODE"
        }
    }
}
