import Storage

/// A transaction in which nothing but the seed decides: names and jitter, which the engine draws from the system, are
/// replaced on their way into the database.
final class SimulatedSession: WriteSession {
    private let base: any WriteSession
    private let steady: SteadyStatements
    /// What the engine calls things in this transaction that it has just named, by the names they were given. Later
    /// transactions read the given ones.
    private var fresh: [String: String] = [:]
    private(set) var hasChanged = false

    init(_ base: any WriteSession, _ names: NameBook) {
        (self.base, steady) = (base, SteadyStatements(names: names))
    }

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        let rows = try base.rows(steady.statement(sql) { fresh[$1] = $0 })
        if !rows.isEmpty, !sql.isQuery { hasChanged = true }
        return fresh.isEmpty ? rows : rows.map(withFreshNames)
    }

    func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        let count = try base.execute(steady.statement(sql) { fresh[$1] = $0 })
        if count > 0 { hasChanged = true }
        return count
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) {
        base.afterCommit(action)
    }

    private func withFreshNames(_ row: Row) -> Row {
        Row(
            columns: row.columns,
            values: row.values.map { value in
                if case .text(let text) = value, let name = fresh[text] { .text(name) } else { value }
            })
    }
}

/// A snapshot of the same.
struct SimulatedReadSession: ReadSession {
    private let base: any ReadSession
    private let steady: SteadyStatements

    init(_ base: any ReadSession, _ names: NameBook) {
        (self.base, steady) = (base, SteadyStatements(names: names))
    }

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        try base.rows(steady.statement(sql) { _, _ in })
    }
}

/// Statements with other values.
struct SteadyStatements {
    let names: NameBook

    /// - Parameter renamed: told the engine's name and the given one.
    func statement(_ sql: SQL, _ renamed: (String, String) -> Void) -> SQL {
        guard sql.parts.contains(where: { !isSteady($0) }) else { return sql }
        return sql.mapParts { part in
            switch part {
            case .value(.text(let text)): .value(.text(replacingNames(in: text, renamed)))
            case .value(.integer(let number)): .value(.integer(Self.wholeSecond(number)))
            default: part
            }
        }
    }

    private func isSteady(_ part: SQL.Part) -> Bool {
        switch part {
        case .value(.text(let text)): text.utf8.count < 36
        case .value(.integer(let number)): Self.wholeSecond(number) == number
        default: true
        }
    }

    /// The clocks of a simulation stand at whole seconds. A time between two is one to which jitter was added, by which up to
    /// a quarter of a wait is taken off: of waits of up to three seconds, nothing is left of it when it is rounded up.
    private static func wholeSecond(_ number: Int64) -> Int64 {
        let isTime = number > 1_000_000_000_000
        return isTime && number % 1000 != 0 ? (number / 1000 + 1) * 1000 : number
    }

    /// Alone, or in the payload of a workflow's job.
    private func replacingNames(in text: String, _ renamed: (String, String) -> Void) -> String {
        if text.utf8.count == 36 { return given(text, renamed) }
        let ticket = #"{"workflow":""#
        guard text.hasPrefix(ticket) else { return text }
        let (name, rest) = (text.dropFirst(ticket.count).prefix(36), text.dropFirst(ticket.count + 36))
        return ticket + given(String(name), renamed) + rest
    }

    private func given(_ text: String, _ renamed: (String, String) -> Void) -> String {
        guard Identifier<Void>(text) != nil else { return text }
        let name = names.given(for: text)
        if name != text { renamed(text, name) }
        return name
    }
}

extension SQL {
    /// Whether it changes nothing.
    var isQuery: Bool {
        if case .text(let text)? = parts.first { text.hasPrefix("SELECT") } else { false }
    }

    func mapParts(_ change: (Part) -> Part) -> SQL {
        var changed = Interpolation(literalCapacity: 0, interpolationCount: parts.count / 2)
        for part in parts {
            switch change(part) {
            case .text(let text): changed.appendLiteral(text)
            case .value(let value): changed.appendInterpolation(value)
            case .difference(let difference): changed.appendInterpolation(difference)
            }
        }
        return SQL(stringInterpolation: changed)
    }
}
