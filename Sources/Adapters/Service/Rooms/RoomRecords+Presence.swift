import Storage

/// One connection of somebody in a room.
struct RoomVisitor: Equatable, Sendable {
    let id: VisitID
    let room: RoomID
    let account: AccountID
    let name: String?
    /// The process that holds the connection.
    let host: RoomHostID
    let enteredAt: Timestamp
}

typealias VisitID = Identifier<RoomVisitor>
typealias RoomHostID = Identifier<RoomHost>

/// Who is there: whose process has a lease.
extension RoomRecords {
    private static func isLive(at now: Timestamp) -> SQL {
        "EXISTS (SELECT 1 FROM room_hosts WHERE id = room_visits.host AND lease_until > \(now))"
    }

    func people(of room: RoomID, at now: Timestamp, in session: any ReadSession) throws -> [RoomPerson] {
        try session.rows(
            """
            SELECT account, MIN(name) AS name, MIN(entered_at) AS since, COUNT(*) AS connections,
                MAX(typing_until) AS typing_until
            FROM room_visits WHERE room = \(room) AND \(Self.isLive(at: now))
            GROUP BY account ORDER BY since, account
            """
        ).map {
            RoomPerson(
                user: try $0.get("account"), name: try $0.get(optional: "name"), since: try $0.get("since"),
                connections: try $0.get("connections"), typingUntil: try $0.get(optional: "typing_until"))
        }
    }

    /// Connections in a room, and those of an account in all rooms.
    func count(
        in room: RoomID, of account: AccountID, at now: Timestamp, session: any ReadSession
    ) throws -> (room: Int, account: Int) {
        let row = try session.row(
            """
            SELECT (SELECT COUNT(*) FROM room_visits WHERE room = \(room) AND \(Self.isLive(at: now))) AS in_room,
                (SELECT COUNT(*) FROM room_visits WHERE account = \(account) AND \(Self.isLive(at: now))) AS of_account
            """)
        return (try row?.get("in_room") ?? 0, try row?.get("of_account") ?? 0)
    }

    func add(_ visitor: RoomVisitor, in session: any WriteSession) throws {
        try session.execute(
            """
            INSERT INTO room_visits (id, room, account, name, host, entered_at)
            VALUES (\(visitor.id), \(visitor.room), \(visitor.account), \(visitor.name), \(visitor.host),
                \(visitor.enteredAt))
            """)
    }

    /// - Returns: whether they were there still.
    func remove(_ id: VisitID, in session: any WriteSession) throws -> Bool {
        try session.execute("DELETE FROM room_visits WHERE id = \(id)") > 0
    }

    func setTyping(_ id: VisitID, until moment: Timestamp, in session: any WriteSession) throws {
        try session.execute("UPDATE room_visits SET typing_until = \(moment) WHERE id = \(id)")
    }

    func renew(_ host: RoomHostID, until moment: Timestamp, in session: any WriteSession) throws {
        try session.execute(
            """
            INSERT INTO room_hosts (id, lease_until) VALUES (\(host), \(moment))
            ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until
            """)
    }

    /// Processes that are long gone, with what they left.
    func forgetHosts(before moment: Timestamp, in session: any WriteSession) throws {
        try session.execute(
            """
            DELETE FROM room_visits WHERE entered_at < \(moment)
            AND NOT EXISTS (SELECT 1 FROM room_hosts WHERE id = room_visits.host AND lease_until >= \(moment))
            """)
        try session.execute("DELETE FROM room_hosts WHERE lease_until < \(moment)")
    }
}
