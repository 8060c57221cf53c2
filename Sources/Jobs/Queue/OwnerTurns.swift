import Storage

/// When the next jobs of some owners have their turns: start-time fair queueing (Goyal, Vin and Cheng, 1996).
///
/// A line's jobs stand ``spacing`` apart, so lines alternate whatever their lengths. Who comes anew stands right after the
/// job that is next in the queue: neither before all who waited, nor behind those who have taken many turns. Jobs without an owner
/// are the service's own, and stand where they come.
struct OwnerTurns {
    static let spacing = Duration.seconds(60)

    private struct Line: Hashable {
        let queue: String
        let priority: Int
        let owner: AccountID
    }

    private let now: Timestamp
    private var last: [Line: Timestamp] = [:]

    init(at now: Timestamp) {
        self.now = now
    }

    mutating func next(
        of owner: AccountID?, in queue: String, _ priority: Int, _ session: any ReadSession
    ) throws -> Timestamp {
        guard let owner else { return now }
        let line = Line(queue: queue, priority: priority, owner: owner)
        let turn = try last[line].map { $0 + Self.spacing } ?? first(of: line, session)
        last[line] = turn
        return turn
    }

    private func first(of line: Line, _ session: any ReadSession) throws -> Timestamp {
        let ready: SQL = "FROM jobs WHERE state = 'ready' AND queue = \(line.queue) AND priority = \(line.priority)"
        let row = try session.row(
            """
            SELECT (SELECT MAX(turn) \(ready) AND owner = \(line.owner)) AS own, (SELECT MIN(turn) \(ready)) AS head
            """)
        let (own, head): (Timestamp?, Timestamp?) = (try row?.get(optional: "own"), try row?.get(optional: "head"))
        let start = max(now, head.map { $0 + .milliseconds(1) } ?? now)
        return own.map { max(start, $0 + Self.spacing) } ?? start
    }
}
