import Jobs
import Storage

/// How many jobs of a queue are in one state.
package struct JobCount: Equatable, Sendable {
    package let queue: String
    package let state: String
    package let count: Int
}

extension JobQueue {
    /// All of them, those that have ended among them.
    package func counts(in session: any ReadSession) throws(DatabaseError) -> [JobCount] {
        var counts: [JobCount] = []
        for row in try session.rows("SELECT queue, state, COUNT(*) AS count FROM jobs GROUP BY queue, state") {
            counts.append(
                JobCount(queue: try row.get("queue"), state: try row.get("state"), count: try row.get("count")))
        }
        return counts
    }
}
