import Storage

/// Rows that lie in each other: a table with `id`, `owner`, `parent` and `name`, no deeper than a limit, never in a
/// circle, and never in another owner's.
struct Nesting<Item>: Sendable {
    typealias ID = Identifier<Item>

    let table: SQL
    /// As an error names it.
    let what: String

    /// How deep collections and folders may be put into each other.
    static var deepest: Int { 8 }

    /// Nil for what is missing or another's.
    func row(_ id: ID, of owner: AccountID, in session: any ReadSession) throws -> Row? {
        try session.row("SELECT * FROM \(table) WHERE id = \(id) AND owner = \(owner)")
    }

    /// - Parameter levels: of what shall be put into `parent`; 1 for one that holds nothing.
    /// - Throws: ``LibraryError/notFound(_:)``, ``LibraryError/tooDeep``.
    func checkPlace(
        in parent: ID?, levels: Int = 1, of owner: AccountID, in session: any ReadSession
    ) throws {
        guard let parent else { return }
        let path = try path(to: parent, of: owner, in: session)
        guard path.count + levels <= Self.deepest else { throw LibraryError.tooDeep }
    }

    /// Whether `id` may be put into `parent` with all that is in it.
    ///
    /// - Throws: ``LibraryError/notFound(_:)``, ``LibraryError/tooDeep``, ``LibraryError/insideItself``.
    func checkMove(_ id: ID, into parent: ID?, of owner: AccountID, in session: any ReadSession) throws {
        guard try row(id, of: owner, in: session) != nil else { throw LibraryError.notFound(what) }
        guard let parent else { return }
        guard try !path(to: parent, of: owner, in: session).contains(id) else { throw LibraryError.insideItself }
        try checkPlace(in: parent, levels: levels(from: id, owner, in: session).count, of: owner, in: session)
    }

    /// The row itself and those in it, the innermost last.
    func subtree(of id: ID, owner: AccountID, in session: any ReadSession) throws -> [ID] {
        try levels(from: id, owner, in: session).flatMap { $0 }
    }

    /// In portions that a statement may list: engines take some ten thousands of parameters.
    static func portions(of ids: [ID]) -> [[ID]] {
        let most = 1_000
        return stride(from: 0, to: ids.count, by: most).map { Array(ids[$0..<min($0 + most, ids.count)]) }
    }

    /// The row itself, what is in it, what is in that …; no level is empty.
    private func levels(from id: ID, _ owner: AccountID, in session: any ReadSession) throws -> [[ID]] {
        var (levels, next) = ([[ID]](), [id])
        while !next.isEmpty {
            levels.append(next)
            next = try Self.portions(of: next).flatMap { portion -> [ID] in
                try session.rows(
                    "SELECT id FROM \(table) WHERE owner = \(owner) AND parent IN (\(list: portion))"
                ).map { try $0.get("id") }
            }
        }
        return levels
    }

    /// The row itself and those it is in.
    private func path(to id: ID, of owner: AccountID, in session: any ReadSession) throws -> [ID] {
        var (path, next): ([ID], ID?) = ([], id)
        while let id = next, path.count <= Self.deepest {
            guard let row = try row(id, of: owner, in: session) else { throw LibraryError.notFound(what) }
            path.append(id)
            next = try row.get(optional: "parent")
        }
        return path
    }

    /// What stands directly in `parent`, or at the top: a condition.
    static func stands(in parent: ID?) -> SQL { parent.map { "parent = \($0)" } ?? "parent IS NULL" }
}

/// A name for people: 1…200 bytes without control characters.
enum DisplayName {
    static let longest = 200

    static func checked(_ name: String) throws(LibraryError) -> String {
        guard (1...longest).contains(name.utf8.count),
            !name.hasControlCharacter
        else { throw .invalidName }
        return name
    }
}
