import Storage

extension Outbox {
    /// Finds the pending messages that no job will deliver any more, and gives each a new one.
    ///
    /// A job that is given up, as after a worker that does not know the outbox took it, leaves such a message; one that was
    /// cancelled before it ran leaves one that is dead from now on. To be called now and then, as ``OutboxUpkeep`` does.
    ///
    /// - Returns: how many were found.
    /// - Complexity: reads all messages that are due, some at a time; writers wait only while those that were found are
    ///   written.
    @discardableResult
    public func rescueStranded() async throws -> Int {
        let now = queue.clock.now()
        var (rescued, after) = (0, Place?.none)
        repeat {
            try Task.checkCancellation()
            let found = try await queue.database.read { [after] in try look(at: now, after: after, in: $0) }
            for some in found.stranded.chunks(of: JobQueue.largestClaim) {
                rescued += try await queue.database.write { try rescue(Array(some), at: now, in: $0) }
            }
            after = found.last
        } while after != nil
        return rescued
    }

    private static let page = 1_000

    /// Along the index of those that wait.
    private struct Place {
        let runAt: Timestamp
        let id: MessageID
    }

    /// - Returns: where to go on; nil at the end.
    private func look(
        at now: Timestamp, after place: Place?, in session: any ReadSession
    ) throws -> (stranded: [MessageID], last: Place?) {
        let rest: SQL = place.map { "AND (run_at, id) > (\($0.runAt), \($0.id))" } ?? ""
        let rows = try session.rows(
            """
            SELECT id, run_at, (SELECT state FROM jobs WHERE jobs.id = outbox_messages.job_id) AS job_state
            FROM outbox_messages WHERE state = 'pending' AND run_at <= \(now) \(rest)
            ORDER BY run_at, id LIMIT \(Self.page)
            """)
        let stranded = try rows.filter(Self.isStranded).map { try $0.get("id", as: MessageID.self) }
        guard rows.count == Self.page, let last = rows.last else { return (stranded, nil) }
        return (stranded, Place(runAt: try last.get("run_at"), id: try last.get("id")))
    }

    /// - Parameter ids: looked at once more, as others may have seen to them since.
    private func rescue(_ ids: [MessageID], at now: Timestamp, in session: any WriteSession) throws -> Int {
        let rows = try session.rows(
            """
            SELECT id, token, (SELECT state FROM jobs WHERE jobs.id = outbox_messages.job_id) AS job_state
            FROM outbox_messages WHERE id IN (\(list: ids)) AND state = 'pending' \(.skipLocked)
            """
        ).filter(Self.isStranded)
        for row in rows {
            let (job, token) = (try row.get(optional: "job_state", as: String.self), try row.get("token", as: Int.self))
            let event: MessageEvent = job == "cancelled" ? .cancelled(token: token, at: now) : .stranded(at: now)
            try apply(event, to: try row.get("id"), in: session)
        }
        return rows.count
    }

    private static func isStranded(_ row: Row) throws -> Bool {
        try row.get(optional: "job_state", as: String.self).map { !JobSchema.openStates.contains($0) } ?? true
    }
}
