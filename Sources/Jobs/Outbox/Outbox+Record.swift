import Storage

extension Outbox {
    /// What a delivery has to tell besides the event.
    struct Report {
        var startedAt: Timestamp?
        var providerID: String?
    }

    /// Applies an event, writes the attempt that it ends, and enqueues the job of the next.
    ///
    /// - Throws: ``OutboxError/stale(_:)`` when the event's token is not that of the present delivery.
    @discardableResult
    func apply(
        _ event: MessageEvent, to id: MessageID, _ report: Report = Report(), in session: any WriteSession
    ) throws -> MessageCourse {
        // Held, so that nothing comes between the decision and the change.
        let row = try session.row(
            """
            SELECT kind, priority, state, run_at, attempts, token, reason, ended_at FROM outbox_messages
            WHERE id = \(id) \(.forUpdate)
            """)
        guard let row else { throw OutboxError.notFound(id) }
        let (kind, priority) = (try row.get("kind", as: MessageKind.self), try row.get("priority", as: Int.self))
        let course = try MessageCourse(row)
        let next: MessageCourse
        do {
            next = try course.applying(event, schedule(of: kind))
        } catch {
            if case .replayed = event { throw OutboxError.notDead(id) }
            throw OutboxError.stale(id)
        }
        var job: NewJob?
        if let time = next.runAt { job = try MessageDelivery.job(id, token: next.token, lane, priority, at: time) }
        try store(next, after: course, of: id, event, report, job?.id, in: session)
        if let outcome = event.outcome(leadingTo: next.state) {
            try session.execute(
                """
                INSERT INTO outbox_attempts (message_id, token, kind, started_at, ended_at, outcome, reason)
                VALUES (\(id), \(course.token), \(kind), \(report.startedAt), \(event.time), \(outcome),
                    \(event.reason(leadingTo: next.state)))
                """)
        }
        if let job { try queue.enqueue(job, asFollowUp: true, in: session) } else { try ended(id, next, session) }
        return next
    }

    /// The old token is compared once more in the statement itself: whatever read the row before, only the present
    /// delivery's change is kept.
    private func store(
        _ next: MessageCourse, after course: MessageCourse, of id: MessageID, _ event: MessageEvent, _ report: Report,
        _ job: JobID?, in session: any WriteSession
    ) throws {
        let providerID = report.providerID.map { String($0.filter { $0 != "\0" }.prefix(200)) }
        let changed = try session.execute(
            """
            UPDATE outbox_messages SET state = \(next.state.status), run_at = COALESCE(\(next.runAt), run_at),
                attempts = \(next.attempts), token = \(next.token), job_id = COALESCE(\(job), job_id),
                reason = \(event.reason(leadingTo: next.state)),
                provider_id = COALESCE(\(providerID), provider_id), ended_at = \(next.endedAt)
            WHERE id = \(id) AND token = \(course.token) AND state = \(course.state.status)
            """)
        guard changed == 1 else { throw OutboxError.stale(id) }
    }
}

extension MessageEvent {
    fileprivate var time: Timestamp {
        switch self {
        case .delivered(_, let now), .failed(_, let now, _, _), .cancelled(_, let now), .stranded(let now),
            .replayed(let now):
            now
        }
    }

    /// Of the attempt that it ends, if it ends one.
    fileprivate func outcome(leadingTo state: MessageState) -> DeliveryAttempt.Outcome? {
        switch self {
        case .delivered: .delivered
        case .failed, .cancelled: state.status == .dead ? .dead : .failed
        case .stranded, .replayed: nil
        }
    }

    fileprivate func reason(leadingTo state: MessageState) -> String? {
        if case .dead(_, let reason) = state { return reason }
        if case .failed(_, _, let failure, _) = self { return failure.reason }
        return nil
    }
}
