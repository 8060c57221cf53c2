import Foundation

/// Upload sessions as rows.
extension UploadSessions {
    public static let migrations = MigrationSet(
        module: "uploads",
        [
            Migration(
                1, "sessions",
                [
                    """
                    CREATE TABLE upload_sessions (
                        id TEXT PRIMARY KEY, owner TEXT NOT NULL, object_key TEXT NOT NULL UNIQUE,
                        size BIGINT NOT NULL, attributes TEXT NOT NULL, hold TEXT NOT NULL, detail TEXT NOT NULL,
                        part_size BIGINT, multipart TEXT, state TEXT NOT NULL, etag TEXT, kind TEXT, fault TEXT,
                        created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, ended_at BIGINT,
                        is_cleared BIGINT NOT NULL)
                    """,
                    "CREATE INDEX upload_sessions_open ON upload_sessions (expires_at) WHERE ended_at IS NULL",
                    """
                    CREATE INDEX upload_sessions_unclear ON upload_sessions (ended_at)
                    WHERE ended_at IS NOT NULL AND is_cleared = 0
                    """,
                    "CREATE INDEX upload_sessions_ended ON upload_sessions (ended_at) WHERE is_cleared = 1",
                ])
        ])

    public func find(_ id: UploadID, in session: any ReadSession) throws -> UploadSession? {
        try session.row("SELECT * FROM upload_sessions WHERE id = \(id)").map(UploadSession.init)
    }

    func insert(_ upload: UploadSession, in session: any WriteSession) throws {
        let attributes = try JSONText.encode(upload.attributes)
        try session.execute(
            """
            INSERT INTO upload_sessions (id, owner, object_key, size, attributes, hold, detail, part_size, state,
                created_at, expires_at, is_cleared)
            VALUES (\(upload.id), \(upload.owner), \(upload.key.text), \(upload.size), \(attributes), \(upload.hold),
                \(upload.detail), \(upload.partSize), \(upload.state.name), \(upload.createdAt), \(upload.expires), 0)
            """)
    }

    /// What is committed belongs to the program around: there is nothing left to clear.
    func update(_ upload: UploadSession, at now: Timestamp, in session: any WriteSession) throws {
        let fault = try upload.state.fault.map(JSONText.encode)
        let isCommitted = if case .committed = upload.state { true } else { false }
        try session.execute(
            """
            UPDATE upload_sessions SET state = \(upload.state.name), etag = \(upload.state.etag),
                kind = \(upload.state.kind), fault = \(fault), multipart = \(upload.multipart),
                ended_at = \(upload.state.isFinal ? now : nil), is_cleared = \(isCommitted)
            WHERE id = \(upload.id)
            """)
    }

    func overdue(at now: Timestamp, limit: Int, in session: any ReadSession) throws -> [UploadSession] {
        try session.rows(
            """
            SELECT * FROM upload_sessions WHERE ended_at IS NULL AND expires_at <= \(now)
            ORDER BY expires_at LIMIT \(limit)
            """
        ).map(UploadSession.init)
    }

    func uncleared(limit: Int, in session: any ReadSession) throws -> [UploadSession] {
        try session.rows(
            """
            SELECT * FROM upload_sessions WHERE ended_at IS NOT NULL AND is_cleared = 0
            ORDER BY ended_at LIMIT \(limit)
            """
        ).map(UploadSession.init)
    }

    /// Forgets uploads that ended long ago, and of which nothing is left at the store.
    ///
    /// - Returns: how many.
    @discardableResult
    public func forget(endedBefore moment: Timestamp, in session: any WriteSession) throws -> Int {
        try session.execute("DELETE FROM upload_sessions WHERE is_cleared = 1 AND ended_at < \(moment)")
    }
}

extension UploadSession {
    init(_ row: Row) throws {
        let attributes: String = try row.get("attributes")
        (id, owner, size) = (try row.get("id"), try row.get("owner"), try row.get("size"))
        key = try ObjectKey(row.get("object_key"))
        self.attributes = try JSONDecoder().decode(ObjectAttributes.self, from: Data(attributes.utf8))
        (hold, detail) = (try row.get("hold"), try row.get("detail"))
        (partSize, multipart) = (try row.get(optional: "part_size"), try row.get(optional: "multipart"))
        (createdAt, expires) = (try row.get("created_at"), try row.get("expires_at"))
        state = try UploadState(row)
    }
}

extension UploadState {
    fileprivate var etag: String? {
        switch self {
        case .uploaded(let etag), .verified(let etag, _), .committed(let etag, _): etag
        case .reserved, .uploading, .rejected, .expired: nil
        }
    }

    fileprivate var kind: String? {
        switch self {
        case .verified(_, let kind), .committed(_, let kind): kind
        case .reserved, .uploading, .uploaded, .rejected, .expired: nil
        }
    }

    fileprivate var fault: UploadFault? {
        if case .rejected(let fault) = self { fault } else { nil }
    }

    fileprivate init(_ row: Row) throws {
        switch try row.get("state", as: String.self) {
        case "reserved": self = .reserved
        case "uploading": self = .uploading
        case "uploaded": self = .uploaded(etag: try row.get("etag"))
        case "verified": self = .verified(etag: try row.get("etag"), kind: try row.get("kind"))
        case "committed": self = .committed(etag: try row.get("etag"), kind: try row.get("kind"))
        case "rejected":
            let fault: String = try row.get("fault")
            self = .rejected(try JSONDecoder().decode(UploadFault.self, from: Data(fault.utf8)))
        case "expired": self = .expired
        default: throw DatabaseError.unexpected("an upload in a state of another program")
        }
    }
}
