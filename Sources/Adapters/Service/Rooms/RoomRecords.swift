import Storage

/// Rooms with their messages, and who is in them.
///
/// A room's row is held by who changes anything in it until they commit, so messages become visible in their order.
struct RoomRecords: Sendable {
    static let migrations = MigrationSet(
        module: "rooms",
        [
            Migration(
                1, "rooms, messages and who is there",
                [
                    """
                    CREATE TABLE rooms (
                        id TEXT PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, latest BIGINT NOT NULL,
                        revision BIGINT NOT NULL, people BIGINT NOT NULL, state TEXT NOT NULL, state_version BIGINT NOT NULL,
                        state_by TEXT, used_at BIGINT NOT NULL)
                    """,
                    "CREATE UNIQUE INDEX rooms_by_name ON rooms (namespace, name)",
                    "CREATE INDEX rooms_by_use ON rooms (used_at)",
                    """
                    CREATE TABLE room_messages (
                        room TEXT NOT NULL, number BIGINT NOT NULL, author TEXT, name TEXT, text TEXT NOT NULL, ref TEXT,
                        sent_at BIGINT NOT NULL, PRIMARY KEY (room, number))
                    """,
                    "CREATE INDEX room_messages_by_age ON room_messages (sent_at)",
                    "CREATE INDEX room_messages_of_author ON room_messages (author, number, room)",
                    "CREATE UNIQUE INDEX room_messages_by_ref ON room_messages (room, author, ref) WHERE ref IS NOT NULL",
                    """
                    CREATE TABLE room_visits (
                        id TEXT PRIMARY KEY, room TEXT NOT NULL, account TEXT NOT NULL, name TEXT, host TEXT NOT NULL,
                        entered_at BIGINT NOT NULL, typing_until BIGINT)
                    """,
                    "CREATE INDEX room_visits_in_room ON room_visits (room)",
                    "CREATE INDEX room_visits_of_account ON room_visits (account)",
                    "CREATE INDEX room_visits_of_host ON room_visits (host)",
                    "CREATE TABLE room_hosts (id TEXT PRIMARY KEY, lease_until BIGINT NOT NULL)",
                ])
        ])

    /// A room as a whole.
    struct Head: Equatable, Sendable {
        let id: RoomID
        /// Number of the newest message.
        let latest: Int64
        /// One more with every change in who is there.
        let people: Int64
        let state: RoomState
    }

    func find(_ name: RoomName, in namespace: String, session: any ReadSession) throws -> Head? {
        try session.row("SELECT * FROM rooms WHERE namespace = \(namespace) AND name = \(name.text)").map(Head.init)
    }

    func find(_ id: RoomID, in session: any ReadSession) throws -> Head? {
        try session.row("SELECT * FROM rooms WHERE id = \(id)").map(Head.init)
    }

    /// Makes the room, unless it is there.
    ///
    /// Its messages are numbered from the time of day on: a room that is made anew under the name of one that is forgotten
    /// has no number that the old one had.
    func make(
        _ name: RoomName, in namespace: String, atMost most: Int, at now: Timestamp, session: any WriteSession
    ) throws -> Head {
        if let head = try find(name, in: namespace, session: session) { return head }
        let count: Int =
            try session.row("SELECT COUNT(*) AS n FROM rooms WHERE namespace = \(namespace)")?.get("n") ?? 0
        guard count < most else {
            throw ServiceError.conflict("there are \(most) rooms: use one of them, or wait until one is forgotten")
        }
        try session.execute(
            """
            INSERT INTO rooms (id, namespace, name, latest, revision, people, state, state_version, used_at)
            VALUES (\(RoomID.random()), \(namespace), \(name.text), \(now.milliseconds), 0, 0, '{}', 0, \(now))
            ON CONFLICT (namespace, name) DO NOTHING
            """)
        guard let head = try find(name, in: namespace, session: session) else {
            throw DatabaseError.unexpected("a room that was made is not there")
        }
        return head
    }

    /// Nobody else changes the room until the transaction ends.
    ///
    /// - Returns: false where it is gone.
    func hold(_ id: RoomID, in session: any WriteSession) throws -> Bool {
        try session.row("SELECT id FROM rooms WHERE id = \(id) \(.forUpdate)") != nil
    }

    /// What changes of a room.
    enum Touch {
        case message, people
        case state(CanonicalJSON, by: AccountID)
    }

    /// Notes a change, and holds the room until the transaction ends.
    ///
    /// - Returns: nil where the room is gone.
    func touch(_ id: RoomID, _ what: Touch, at now: Timestamp, in session: any WriteSession) throws -> Head? {
        let change: SQL =
            switch what {
            case .message: "latest = latest + 1"
            case .people: "people = people + 1"
            case .state(let data, let user):
                "state = \(data.text), state_version = state_version + 1, state_by = \(user)"
            }
        return try session.row(
            "UPDATE rooms SET revision = revision + 1, used_at = \(now), \(change) WHERE id = \(id) RETURNING *"
        ).map(Head.init)
    }

    /// For those who watch several.
    func revisions(of ids: [RoomID], in session: any ReadSession) throws -> [RoomID: Int64] {
        var revisions: [RoomID: Int64] = [:]
        for start in stride(from: 0, to: ids.count, by: 500) {
            let some = Array(ids[start..<min(start + 500, ids.count)])
            for row in try session.rows("SELECT id, revision FROM rooms WHERE id IN (\(list: some))") {
                revisions[try row.get("id")] = try row.get("revision")
            }
        }
        return revisions
    }
}

extension RoomRecords.Head {
    init(_ row: Row) throws {
        (id, latest, people) = (try row.get("id"), try row.get("latest"), try row.get("people"))
        state = RoomState(
            data: CanonicalJSON(text: try row.get("state")), version: try row.get("state_version"),
            user: try row.get(optional: "state_by"))
    }
}
