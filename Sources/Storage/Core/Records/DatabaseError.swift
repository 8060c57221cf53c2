/// What can go wrong between a repository and its rows.
public enum DatabaseError: Error, Equatable, Sendable {
    /// Others held the rows, or every connection, for longer than the retries last.
    case busy
    /// A `UNIQUE`, `CHECK` or `NOT NULL` rule refused the change.
    case constraint(String)
    /// The file or server cannot be reached, the disk is full, or a statement ran longer than it may.
    /// Of a server that went away during a commit, nobody knows whether it was kept.
    case unavailable(String)
    /// The schema was written by a newer program.
    case newerSchema(module: String, found: Int, known: Int)
    /// A statement or an answer is not what the program expects: a defect, or a damaged database.
    case unexpected(String)
}

extension DatabaseError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .busy:
            "the database is busy: safe to retry"
        case .constraint(let rule):
            "the change breaks the rule \(rule): nothing was written"
        case .unavailable(let reason):
            "the database does not answer (\(reason)): check the disk and the connection, then retry"
        case .newerSchema(let module, let found, let known):
            "the database holds schema \(found) of '\(module)', this program knows \(known): run the newer program"
        case .unexpected(let what):
            "the database answered unexpectedly (\(what)): check that it is whole"
        }
    }
}
