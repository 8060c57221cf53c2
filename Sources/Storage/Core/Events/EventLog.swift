/// What happened, topic by topic, for clients that follow from where they stopped.
///
/// An event is appended in the transaction of what it tells, so neither is there without the other. Numbers of a topic
/// have no gaps and become visible in order: who appends holds the topic until the commit, and a transaction that is
/// rolled back gives its number to the next. Readers that wait are told after the commit: ``feed(of:after:limit:from:)``.
/// `EventLogPromise` checks each of these.
public struct EventLog: Sendable {
    public static let migrations = MigrationSet(
        module: "events",
        [
            Migration(
                1, "topics and their events",
                [
                    "CREATE TABLE event_topics (topic TEXT PRIMARY KEY, latest BIGINT NOT NULL)",
                    """
                    CREATE TABLE events (
                        topic TEXT NOT NULL, number BIGINT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL,
                        happened_at BIGINT NOT NULL, PRIMARY KEY (topic, number))
                    """,
                    "CREATE INDEX events_by_age ON events (happened_at)",
                ])
        ])

    let signals: any ChangeSignals
    /// How often a waiting reader looks without a signal.
    let pause: Duration

    /// - Parameters:
    ///   - signals: tell waiting readers. Those of this process alone go with an embedded database, and logs that are to
    ///     hear of each other share them.
    ///   - pause: how often a waiting reader looks without a signal, and so how late it sees what another process wrote
    ///     to an embedded database. Where signals come from every process, 15 s will do.
    public init(signals: any ChangeSignals = LocalSignals(), pause: Duration = .seconds(1)) {
        (self.signals, self.pause) = (signals, pause)
    }

    /// Adds to the end of a topic.
    ///
    /// Transactions that append to several topics should take them in one order, or the engine has to end a deadlock.
    ///
    /// - Parameters:
    ///   - kind: as `job.completed`.
    ///   - payload: JSON, at most ``Event/largestPayload`` bytes.
    /// - Returns: the event's number.
    /// - Throws: ``EventLogError/payloadTooLarge(bytes:)``, ``DatabaseError``.
    @discardableResult
    public func append(
        _ kind: String, _ payload: String, to topic: Topic, at now: Timestamp, in session: any WriteSession
    ) throws -> Int64 {
        guard payload.utf8.count <= Event.largestPayload else {
            throw EventLogError.payloadTooLarge(bytes: payload.utf8.count)
        }
        let row = try session.row(
            """
            INSERT INTO event_topics (topic, latest) VALUES (\(topic.text), 1)
            ON CONFLICT (topic) DO UPDATE SET latest = event_topics.latest + 1 RETURNING latest
            """)
        guard let number: Int64 = try row?.get("latest") else {
            throw DatabaseError.unexpected("no number for an event")
        }
        try session.execute(
            """
            INSERT INTO events (topic, number, kind, payload, happened_at)
            VALUES (\(topic.text), \(number), \(kind), \(payload), \(now))
            """)
        try signals.signal(topic.signal, in: session)
        return number
    }

    /// Events after `number`, oldest first.
    ///
    /// - Parameters:
    ///   - number: the last one seen; 0 for the first of all.
    ///   - limit: 1…1,000.
    /// - Throws: ``EventLogError/trimmed(latest:)`` when some of them are gone, ``EventLogError/ahead(latest:)`` when there
    ///   never was event `number`.
    public func read(
        _ topic: Topic, after number: Int64, limit: Int = 100, in session: any ReadSession
    ) throws -> [Event] {
        let number = max(number, 0)
        let rows = try session.rows(
            """
            SELECT number, kind, payload, happened_at FROM events
            WHERE topic = \(topic.text) AND number > \(number) ORDER BY number LIMIT \(min(max(limit, 1), 1_000))
            """)
        let events = try rows.map { row in
            Event(
                number: try row.get("number"), kind: try row.get("kind"), payload: try row.get("payload"),
                happenedAt: try row.get("happened_at"))
        }
        // Without a gap, behind the number or between two: a clock that was set back lets younger ones go first.
        if let last = events.last, last.number == number + Int64(events.count) { return events }
        let latest = try latest(of: topic, in: session)
        guard latest == number else {
            throw latest > number ? EventLogError.trimmed(latest: latest) : .ahead(latest: latest)
        }
        return []
    }

    /// The number of the newest event; 0 when there was none.
    public func latest(of topic: Topic, in session: any ReadSession) throws -> Int64 {
        try session.row("SELECT latest FROM event_topics WHERE topic = \(topic.text)")?.get("latest") ?? 0
    }

    /// As ``latest(of:in:)``, of many; those without an event are left out.
    public func latest(of topics: [Topic], in session: any ReadSession) throws -> [Topic: Int64] {
        var latest: [Topic: Int64] = [:]
        for start in stride(from: 0, to: topics.count, by: 500) {
            let some = topics[start..<min(start + 500, topics.count)].map(\.text)
            for row in try session.rows("SELECT topic, latest FROM event_topics WHERE topic IN (\(list: some))") {
                latest[try Topic(row.get("topic"))] = try row.get("latest")
            }
        }
        return latest
    }

    /// Forgets a topic with all its events, as of an account that is deleted. Numbers begin anew, so who still follows is told.
    public func erase(_ topic: Topic, in session: any WriteSession) throws {
        try session.execute("DELETE FROM events WHERE topic = \(topic.text)")
        try session.execute("DELETE FROM event_topics WHERE topic = \(topic.text)")
        try signals.signal(topic.signal, in: session)
    }

    /// Forgets events, oldest first; numbers go on where they were.
    ///
    /// - Parameters:
    ///   - moment: what happened before it goes.
    ///   - limit: how many at most, so that a transaction stays short.
    /// - Returns: how many went.
    public func trim(before moment: Timestamp, limit: Int = 10_000, in session: any WriteSession) throws -> Int {
        try session.execute(
            """
            DELETE FROM events WHERE (topic, number) IN (
                SELECT topic, number FROM events WHERE happened_at < \(moment)
                ORDER BY happened_at, topic, number LIMIT \(limit))
            """)
    }
}
