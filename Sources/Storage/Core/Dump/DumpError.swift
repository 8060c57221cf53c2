/// What can go wrong between a database and a dump of it.
public enum DumpError: Error, Equatable, Sendable {
    /// The file or folder, and what the system says.
    case file(String, reason: String)
    /// There is something at the path already.
    case exists(String)
    case notADump(String)
    /// Written by a newer program.
    case newerFormat(Int)
    /// Cut short, or not what was written.
    case damaged(String)
    /// The database to load into has rows.
    case notEmpty(table: String)
    /// A server or a worker is at work on the database to load into.
    case inUse
    /// The engine does not keep what the table has to hold.
    case notKept(table: String)
    case rowTooLarge(table: String)
}

extension DumpError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let path, let reason):
            "'\(path)' cannot be used (\(reason)): check the disk and the rights, then try again"
        case .exists(let path):
            "'\(path)' exists: choose another name, or take it away first"
        case .notADump(let path):
            "'\(path)' is not a dump: 'waxwing db dump' writes one"
        case .newerFormat(let format):
            "the dump has format \(format), this program reads \(DumpHeader.currentFormat): use the newer program"
        case .damaged(let what):
            "the dump is damaged (\(what)): nothing was changed; use another copy"
        case .notEmpty(let table):
            "the database has rows in '\(table)': load into an empty one, or say that its rows may be replaced"
        case .inUse:
            "the shared database is in use: stop every server and worker first"
        case .notKept(let table):
            "the database does not give the rows of '\(table)' back as they are in the dump: nothing was changed"
        case .rowTooLarge(let table):
            "a row of '\(table)' is larger than 1 GiB: it does not fit into a dump"
        }
    }
}
