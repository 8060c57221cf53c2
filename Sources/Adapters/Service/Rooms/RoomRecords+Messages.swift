import Storage

/// Messages.
extension RoomRecords {
    func add(_ message: RoomMessage, to room: RoomID, in session: any WriteSession) throws {
        try session.execute(
            """
            INSERT INTO room_messages (room, number, author, name, text, ref, sent_at)
            VALUES (\(room), \(message.number), \(message.author), \(message.name), \(message.text), \(message.ref),
                \(message.sentAt))
            """)
    }

    func message(_ number: Int64, in room: RoomID, session: any ReadSession) throws -> RoomMessage? {
        try session.row("SELECT * FROM room_messages WHERE room = \(room) AND number = \(number)").map(RoomMessage.init)
    }

    func message(
        called ref: String, by author: AccountID, in room: RoomID, session: any ReadSession
    ) throws -> RoomMessage? {
        try session.row("SELECT * FROM room_messages WHERE room = \(room) AND author = \(author) AND ref = \(ref)")
            .map(RoomMessage.init)
    }

    /// Oldest first.
    func messages(
        of room: RoomID, after number: Int64, limit: Int, in session: any ReadSession
    ) throws -> [RoomMessage] {
        try session.rows(
            "SELECT * FROM room_messages WHERE room = \(room) AND number > \(number) ORDER BY number LIMIT \(limit)"
        ).map(RoomMessage.init)
    }

    /// Newest first.
    ///
    /// - Parameter number: of the message before which they are; nil for the last of all.
    func messages(
        of room: RoomID, before number: Int64?, limit: Int, in session: any ReadSession
    ) throws -> [RoomMessage] {
        let condition: SQL = number.map { "AND number < \($0)" } ?? ""
        return try session.rows(
            "SELECT * FROM room_messages WHERE room = \(room) \(condition) ORDER BY number DESC LIMIT \(limit)"
        ).map(RoomMessage.init)
    }

    func forgetMessages(before moment: Timestamp, limit: Int, in session: any WriteSession) throws -> Int {
        try session.execute(
            """
            DELETE FROM room_messages WHERE (room, number) IN (
                SELECT room, number FROM room_messages WHERE sent_at < \(moment) ORDER BY sent_at LIMIT \(limit))
            """)
    }

    /// Rooms that nobody has used for long and in which nothing is left.
    func forgetRooms(before moment: Timestamp, limit: Int, in session: any WriteSession) throws -> Int {
        try session.execute(
            """
            DELETE FROM rooms WHERE used_at < \(moment) AND id IN (
                SELECT id FROM rooms WHERE used_at < \(moment)
                AND NOT EXISTS (SELECT 1 FROM room_messages WHERE room = rooms.id)
                AND NOT EXISTS (SELECT 1 FROM room_visits WHERE room = rooms.id)
                ORDER BY used_at LIMIT \(limit))
            """)
    }

    /// What an account has said, wherever, newest first.
    func said(by author: AccountID, _ page: PageRequest, in session: any ReadSession) throws -> Page<RoomMessage> {
        let condition: SQL =
            page.after.map { "AND (number, room) < (\($0.createdAt.milliseconds), \($0.id))" } ?? ""
        let rows = try session.rows(
            """
            SELECT * FROM room_messages WHERE author = \(author) \(condition)
            ORDER BY number DESC, room DESC LIMIT \(page.limit + 1)
            """)
        let found = try rows.map { (message: try RoomMessage($0), room: try $0.get("room", as: String.self)) }
        return Page(found, limit: page.limit) {
            PageCursor(createdAt: Timestamp(milliseconds: $0.message.number), id: $0.room)
        }.map(\.message)
    }

    /// Rooms of a namespace go with all that is in them; of what an account said elsewhere only the place stays.
    func erase(_ account: AccountID, with namespace: String, in session: any WriteSession) throws {
        for table in ["room_messages", "room_visits"] as [SQL] {
            try session.execute(
                "DELETE FROM \(table) WHERE room IN (SELECT id FROM rooms WHERE namespace = \(namespace))")
        }
        try session.execute("DELETE FROM rooms WHERE namespace = \(namespace)")
        try session.execute("DELETE FROM room_visits WHERE account = \(account)")
        try session.execute(
            "UPDATE room_messages SET author = NULL, name = NULL, ref = NULL, text = '' WHERE author = \(account)")
        try session.execute("UPDATE rooms SET state_by = NULL WHERE state_by = \(account)")
    }
}

extension RoomMessage {
    init(_ row: Row) throws {
        (number, author, name) = (try row.get("number"), try row.get(optional: "author"), try row.get(optional: "name"))
        (text, ref, sentAt) = (try row.get("text"), try row.get(optional: "ref"), try row.get("sent_at"))
    }
}
