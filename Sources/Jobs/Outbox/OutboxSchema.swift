import Storage

/// The tables of the outbox. The jobs that deliver its messages are in those of ``JobSchema``.
public enum OutboxSchema {
    public static let migrations = MigrationSet(
        module: "outbox",
        [
            Migration(
                1, "messages and their attempts",
                [
                    """
                    CREATE TABLE outbox_messages (
                        id TEXT PRIMARY KEY, kind TEXT NOT NULL, content TEXT NOT NULL, owner TEXT, unique_key TEXT,
                        priority BIGINT NOT NULL, state TEXT NOT NULL, run_at BIGINT NOT NULL, attempts BIGINT NOT NULL,
                        token BIGINT NOT NULL, job_id TEXT NOT NULL, reason TEXT, provider_id TEXT,
                        created_at BIGINT NOT NULL, ended_at BIGINT)
                    """,
                    "CREATE UNIQUE INDEX outbox_keys ON outbox_messages (unique_key) WHERE unique_key IS NOT NULL",
                    "CREATE INDEX outbox_listed ON outbox_messages (kind, state, created_at DESC, id DESC)",
                    "CREATE INDEX outbox_of_owner ON outbox_messages (owner, created_at DESC, id DESC)",
                    "CREATE INDEX outbox_pending ON outbox_messages (run_at, id) WHERE state = 'pending'",
                    "CREATE INDEX outbox_delivered ON outbox_messages (ended_at) WHERE state = 'delivered'",
                    "CREATE INDEX outbox_dead ON outbox_messages (kind, ended_at) WHERE state = 'dead'",
                    """
                    CREATE TABLE outbox_attempts (
                        message_id TEXT NOT NULL, token BIGINT NOT NULL, kind TEXT NOT NULL, started_at BIGINT,
                        ended_at BIGINT NOT NULL, outcome TEXT NOT NULL, reason TEXT,
                        PRIMARY KEY (message_id, token))
                    """,
                    "CREATE INDEX outbox_failures ON outbox_attempts (ended_at) WHERE outcome <> 'delivered'",
                ])
        ])
}

/// How a course stands in the columns of a row.
extension MessageCourse {
    init(_ row: Row) throws(DatabaseError) {
        switch try row.get("state", as: MessageStatus.self) {
        case .pending: state = .pending(at: try row.get("run_at"))
        case .delivered: state = .delivered(at: try row.get("ended_at"))
        case .dead: state = .dead(at: try row.get("ended_at"), reason: try row.get(optional: "reason") ?? "")
        }
        attempts = try row.get("attempts")
        token = try row.get("token")
    }

    var runAt: Timestamp? {
        if case .pending(let time) = state { time } else { nil }
    }

    var endedAt: Timestamp? {
        switch state {
        case .pending: nil
        case .delivered(let time), .dead(let time, _): time
        }
    }
}

extension OutgoingMessage {
    init(_ row: Row) throws(DatabaseError) {
        id = try row.get("id")
        kind = try row.get("kind")
        content = MessageContent(kind, json: try row.get("content"))
        owner = try row.get(optional: "owner")
        idempotencyKey = try row.get(optional: "unique_key", as: String.self).map(UniqueKey.given)
        priority = try row.get("priority")
        course = try MessageCourse(row)
        job = try row.get("job_id")
        reason = try row.get(optional: "reason")
        providerID = try row.get(optional: "provider_id")
        createdAt = try row.get("created_at")
    }
}

extension DeliveryAttempt {
    init(_ row: Row) throws(DatabaseError) {
        token = try row.get("token")
        startedAt = try row.get(optional: "started_at")
        endedAt = try row.get("ended_at")
        outcome = try row.get("outcome")
        reason = try row.get(optional: "reason")
    }
}

/// `owner/kind/key`: keys of different owners must not meet, nor those of the ways in which one thing is told.
enum UniqueKey {
    static func stored(_ message: NewMessage) -> String? {
        message.idempotencyKey.map { "\(message.owner?.text ?? "")/\(message.content.kind.rawValue)/\($0)" }
    }

    static func given(_ stored: String) -> String {
        stored.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last.map(String.init) ?? stored
    }
}
