import Storage

/// What is written by ``note(_:run:in:)``, in the transactions of those who do the work.
enum Ledger {
    /// The run under which jobs note that they are done.
    static let ofJobs = "jobs"

    struct Line: Equatable {
        let run: String
        let note: String
    }

    static let migrations = MigrationSet(
        module: "ledger",
        [
            Migration(
                1, "what was done",
                ["CREATE TABLE ledger (number BIGINT PRIMARY KEY, run TEXT NOT NULL, note TEXT NOT NULL)"])
        ])

    static func lines(after known: Int, in session: any ReadSession) throws -> [Line] {
        try session.rows("SELECT run, note FROM ledger WHERE number > \(known) ORDER BY number").map { row in
            Line(run: try row.get("run"), note: try row.get("note"))
        }
    }
}
