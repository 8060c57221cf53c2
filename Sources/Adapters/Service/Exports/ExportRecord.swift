import Foundation
import Jobs
import Storage

/// A card that was asked for, as a row. It has the name of its job.
struct ExportRecord: Equatable, Sendable {
    let id: JobID
    let owner: AccountID
    let name: String
    let device: ExportTarget.Device
    let createdAt: Timestamp
    /// Nil until it is made.
    let file: File?
    /// Why there will be none; nil while that is open.
    let failure: String?
    /// Files on the card, and what stayed off it or was changed.
    let written: Int
    let notes: [String]

    struct File: Equatable, Sendable {
        let object: ObjectKey
        let size: Int
        let etag: String
        let madeAt: Timestamp
        let expiresAt: Timestamp
    }
}

extension ExportRecord {
    init(_ row: Row) throws {
        (id, owner, name) = (try row.get("id"), try row.get("owner"), try row.get("name"))
        guard let device = ExportTarget.Device(rawValue: try row.get("device")) else {
            throw DatabaseError.unexpected("a device of an export")
        }
        (self.device, createdAt) = (device, try row.get("created_at"))
        if let object: String = try row.get(optional: "object_key") {
            file = File(
                object: try ObjectKey(object), size: try row.get("size"), etag: try row.get("etag"),
                madeAt: try row.get("made_at"), expiresAt: try row.get("expires_at"))
        } else {
            file = nil
        }
        failure = try row.get(optional: "failure")
        written = try row.get("written")
        let notes: String? = try row.get(optional: "notes")
        self.notes = try notes.map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) } ?? []
    }
}

/// The exports of all accounts, as rows. Every call of a caller's names the owner.
struct ExportRecords: Sendable {
    static let migrations = MigrationSet(
        module: "exports",
        [
            Migration(
                1, "cards that were asked for",
                [
                    """
                    CREATE TABLE exports (
                        id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, device TEXT NOT NULL,
                        plan TEXT NOT NULL, created_at BIGINT NOT NULL, object_key TEXT, size BIGINT, etag TEXT,
                        made_at BIGINT, expires_at BIGINT, failure TEXT, written BIGINT NOT NULL, notes TEXT)
                    """,
                    "CREATE INDEX exports_of_owner ON exports (owner, created_at DESC, id DESC)",
                    "CREATE INDEX exports_expiring ON exports (expires_at) WHERE expires_at IS NOT NULL",
                ])
        ])

    func insert(
        _ id: JobID, _ order: ExportOrder, of owner: AccountID, at now: Timestamp, in session: any WriteSession
    ) throws {
        try session.execute(
            """
            INSERT INTO exports (id, owner, name, device, plan, created_at, written)
            VALUES (\(id), \(owner), \(order.name), \(order.target.device.rawValue), \(try JSONText.encode(order)), \(now), 0)
            """)
    }

    func find(_ id: JobID, of owner: AccountID, in session: any ReadSession) throws -> ExportRecord? {
        try session.row("SELECT * FROM exports WHERE id = \(id) AND owner = \(owner)").map(ExportRecord.init)
    }

    func order(_ id: JobID, in session: any ReadSession) throws -> ExportOrder? {
        let text: String? = try session.row("SELECT plan FROM exports WHERE id = \(id)")?.get("plan")
        return try text.map { try JSONDecoder().decode(ExportOrder.self, from: Data($0.utf8)) }
    }

    /// Newest first.
    func list(of owner: AccountID, _ page: PageRequest, in session: any ReadSession) throws -> Page<ExportRecord> {
        let rows = try session.rows("SELECT * FROM exports WHERE owner = \(owner) \(page.newestFirst)")
        return Page(try rows.map(ExportRecord.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }

    /// How many of an account are not made yet.
    func countOpen(of owner: AccountID, in session: any ReadSession) throws -> Int {
        try session.row(
            """
            SELECT COUNT(*) AS n FROM exports
            WHERE owner = \(owner) AND object_key IS NULL AND failure IS NULL
            """)?.get("n") ?? 0
    }

    /// - Returns: whether the row is there still.
    func finish(
        _ id: JobID, _ file: ExportRecord.File, written: Int, notes: [String], in session: any WriteSession
    ) throws -> Bool {
        try session.execute(
            """
            UPDATE exports SET object_key = \(file.object.text), size = \(file.size), etag = \(file.etag),
                made_at = \(file.madeAt), expires_at = \(file.expiresAt), written = \(written),
                notes = \(try JSONText.encode(notes)), failure = NULL
            WHERE id = \(id)
            """) > 0
    }

    func fail(_ id: JobID, _ reason: String, in session: any WriteSession) throws {
        try session.execute("UPDATE exports SET failure = \(reason) WHERE id = \(id) AND object_key IS NULL")
    }

    /// One that failed is made after all.
    func reopen(_ id: JobID, in session: any WriteSession) throws -> Bool {
        try session.execute("UPDATE exports SET failure = NULL WHERE id = \(id) AND object_key IS NULL") > 0
    }

    func remove(_ id: JobID, of owner: AccountID, in session: any WriteSession) throws -> ExportRecord? {
        try session.row("DELETE FROM exports WHERE id = \(id) AND owner = \(owner) RETURNING *").map(ExportRecord.init)
    }

    /// Whose time is over.
    func overdue(at now: Timestamp, limit: Int, in session: any ReadSession) throws -> [ExportRecord] {
        try session.rows(
            "SELECT * FROM exports WHERE expires_at IS NOT NULL AND expires_at <= \(now) ORDER BY expires_at LIMIT \(limit)"
        ).map(ExportRecord.init)
    }

    /// Some of what an account has.
    func some(of owner: AccountID, limit: Int, in session: any ReadSession) throws -> [JobID] {
        try session.rows("SELECT id FROM exports WHERE owner = \(owner) ORDER BY id LIMIT \(limit)").map {
            try $0.get("id")
        }
    }
}
