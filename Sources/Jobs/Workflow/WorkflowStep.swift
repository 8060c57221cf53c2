import Storage

/// What is recorded of one step of a run.
public struct WorkflowStep: Equatable, Sendable {
    public enum Kind: String, Codable, Sendable, SQLConvertible {
        case work, sleep, signal, children
    }

    public enum State: String, Codable, Sendable, SQLConvertible {
        /// For its time, its signal, its children, or its next attempt.
        case waiting
        /// Of one that is tried once: it is being done, or was cut off.
        case begun
        case done
        /// Out of attempts.
        case failed
    }

    /// 0 for the first.
    public let position: Int
    public let name: String
    public let kind: Kind
    public var state: State
    /// Attempts that ended; those cut off by a crash are not among them.
    public var attempts = 0
    public let startedAt: Timestamp
    public var endedAt: Timestamp?
    /// Until when it waits.
    public var wakesAt: Timestamp?
    /// JSON; of a step that is done.
    public var result: String?
    /// Why the last attempt failed, in words for the owner.
    public var error: String?
    /// The same for the operator, where there is more to say.
    public var detail: String?
    public var undoneAt: Timestamp?
    /// Attempts to undo it that failed.
    public var undoAttempts = 0

    var title: String { "\(kind.rawValue) '\(name)'" }

    init(position: Int, name: String, kind: Kind, startedAt: Timestamp) {
        (self.position, self.name, self.kind, self.startedAt) = (position, name, kind, startedAt)
        state = .waiting
    }
}

extension WorkflowStep {
    init(_ row: Row) throws(DatabaseError) {
        position = try row.get("position")
        name = try row.get("name")
        kind = try row.get("kind")
        state = try row.get("state")
        attempts = try row.get("attempts")
        startedAt = try row.get("started_at")
        endedAt = try row.get(optional: "ended_at")
        wakesAt = try row.get(optional: "wakes_at")
        result = try row.get(optional: "result")
        error = try row.get(optional: "error")
        detail = try row.get(optional: "detail")
        undoneAt = try row.get(optional: "undone_at")
        undoAttempts = try row.get("undo_attempts")
    }

    /// Records how far the step is. What has ended stays as it is.
    ///
    /// - Throws: ``LeaseLost`` when another has recorded its end.
    func save(of hold: WorkflowHold, in session: any WriteSession) throws {
        let saved = try session.execute(
            """
            INSERT INTO workflow_steps (workflow_id, position, name, kind, state, attempts, started_at, ended_at,
                wakes_at, result, error, detail, undo_attempts)
            VALUES (\(hold.id), \(position), \(name), \(kind), \(state), \(attempts), \(startedAt), \(endedAt),
                \(wakesAt), \(result), \(error), \(detail), 0)
            ON CONFLICT (workflow_id, position) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
                ended_at = excluded.ended_at, wakes_at = excluded.wakes_at, result = excluded.result,
                error = excluded.error, detail = excluded.detail
            WHERE workflow_steps.state IN ('waiting', 'begun')
            """)
        guard saved == 1 else { throw LeaseLost(job: hold.job.id) }
    }
}
