import Storage

/// The rows of all accounts. Every call names the account.
///
/// The head of an account is held by who changes its rows until they commit, so numbers become visible in order: no reader
/// who has seen one will find a smaller one later.
struct SyncRecords: Sendable {
    static let migrations = MigrationSet(
        module: "sync",
        [
            Migration(
                1, "rows that devices keep in step",
                [
                    """
                    CREATE TABLE sync_heads (
                        account TEXT PRIMARY KEY, latest BIGINT NOT NULL, trimmed BIGINT NOT NULL, row_count BIGINT NOT NULL,
                        byte_count BIGINT NOT NULL)
                    """,
                    """
                    CREATE TABLE sync_rows (
                        account TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, data TEXT, checksum TEXT,
                        version BIGINT NOT NULL, seq BIGINT NOT NULL, born BIGINT NOT NULL, device TEXT,
                        changed_at BIGINT NOT NULL, deleted_at BIGINT, PRIMARY KEY (account, type, id))
                    """,
                    "CREATE UNIQUE INDEX sync_rows_by_seq ON sync_rows (account, seq)",
                    "CREATE INDEX sync_rows_deleted ON sync_rows (deleted_at) WHERE deleted_at IS NOT NULL",
                ])
        ])

    /// Where an account's rows stand as a whole.
    struct Head: Equatable, Sendable {
        /// Number of the newest change.
        var latest: Int64 = 0
        /// Number of the newest deletion that is forgotten: who has seen less cannot know of it.
        var trimmed: Int64 = 0
        /// With tombstones.
        var rows = 0
        /// Of data.
        var bytes = 0
    }

    func head(of account: AccountID, in session: any ReadSession) throws -> Head {
        try session.row("SELECT * FROM sync_heads WHERE account = \(account)").map(Head.init) ?? Head()
    }

    /// Held until the transaction ends.
    func hold(_ account: AccountID, in session: any WriteSession) throws -> Head {
        let row = try session.row(
            """
            INSERT INTO sync_heads (account, latest, trimmed, row_count, byte_count) VALUES (\(account), 0, 0, 0, 0)
            ON CONFLICT (account) DO UPDATE SET latest = sync_heads.latest RETURNING *
            """)
        guard let row else { throw DatabaseError.unexpected("no head of an account's rows") }
        return try Head(row)
    }

    func set(_ head: Head, of account: AccountID, in session: any WriteSession) throws {
        try session.execute(
            """
            UPDATE sync_heads SET latest = \(head.latest), trimmed = \(head.trimmed), row_count = \(head.rows),
                byte_count = \(head.bytes)
            WHERE account = \(account)
            """)
    }

    func latest(of accounts: [AccountID], in session: any ReadSession) throws -> [AccountID: Int64] {
        var latest: [AccountID: Int64] = [:]
        for start in stride(from: 0, to: accounts.count, by: 500) {
            let some = Array(accounts[start..<min(start + 500, accounts.count)])
            for row in try session.rows("SELECT account, latest FROM sync_heads WHERE account IN (\(list: some))") {
                latest[try row.get("account")] = try row.get("latest")
            }
        }
        return latest
    }

    func find(_ keys: [SyncKey], of account: AccountID, in session: any ReadSession) throws -> [SyncKey: SyncRow] {
        var found: [SyncKey: SyncRow] = [:]
        for (type, keys) in Dictionary(grouping: Set(keys), by: \.type) {
            for start in stride(from: 0, to: keys.count, by: 500) {
                let ids = keys[start..<min(start + 500, keys.count)].map(\.id)
                let rows = try session.rows(
                    "SELECT * FROM sync_rows WHERE account = \(account) AND type = \(type) AND id IN (\(list: ids))")
                for row in try rows.map(SyncRow.init) { found[row.key] = row }
            }
        }
        return found
    }

    /// In the order of their last changes.
    func rows(
        of account: AccountID, after seq: Int64, limit: Int, in session: any ReadSession
    ) throws -> [SyncRow] {
        try session.rows(
            "SELECT * FROM sync_rows WHERE account = \(account) AND seq > \(seq) ORDER BY seq LIMIT \(limit)"
        ).map(SyncRow.init)
    }

    /// All there is, page by page.
    func list(of account: AccountID, _ page: PageRequest, in session: any ReadSession) throws -> Page<SyncRow> {
        let seq = page.after?.createdAt.milliseconds ?? 0
        return Page(try rows(of: account, after: seq, limit: page.limit + 1, in: session), limit: page.limit) {
            PageCursor(createdAt: Timestamp(milliseconds: $0.seq), id: "row")
        }
    }

    func put(_ rows: [SyncRow], of account: AccountID, in session: any WriteSession) throws {
        for start in stride(from: 0, to: rows.count, by: 100) {
            let values = rows[start..<min(start + 100, rows.count)].map { row -> SQL in
                """
                (\(account), \(row.key.type), \(row.key.id), \(row.data?.text), \(row.checksum), \(row.version), \(row.seq),
                \(row.born), \(row.device), \(row.changedAt), \(row.deletedAt))
                """
            }
            try session.execute(
                """
                INSERT INTO sync_rows (
                    account, type, id, data, checksum, version, seq, born, device, changed_at, deleted_at)
                VALUES \(list: values)
                ON CONFLICT (account, type, id) DO UPDATE SET data = excluded.data, checksum = excluded.checksum,
                    version = excluded.version, seq = excluded.seq, born = excluded.born, device = excluded.device,
                    changed_at = excluded.changed_at, deleted_at = excluded.deleted_at
                """)
        }
    }

    /// An account with tombstones from before `moment`.
    func anyone(withDeletedBefore moment: Timestamp, in session: any ReadSession) throws -> AccountID? {
        try session.row(
            "SELECT account FROM sync_rows WHERE deleted_at IS NOT NULL AND deleted_at < \(moment) LIMIT 1"
        )?.get("account")
    }

    /// Forgets deletions, and notes that they are forgotten.
    func trim(
        _ account: AccountID, deletedBefore moment: Timestamp, limit: Int, in session: any WriteSession
    ) throws {
        var head = try hold(account, in: session)
        let numbers: [Int64] = try session.rows(
            """
            SELECT seq FROM sync_rows
            WHERE account = \(account) AND deleted_at IS NOT NULL AND deleted_at < \(moment) ORDER BY seq LIMIT \(limit)
            """
        ).map { try $0.get("seq") }
        guard let newest = numbers.last else { return }
        head.rows -= try session.execute(
            "DELETE FROM sync_rows WHERE account = \(account) AND seq IN (\(list: numbers))")
        head.trimmed = max(head.trimmed, newest)
        try set(head, of: account, in: session)
    }

    func erase(_ account: AccountID, in session: any WriteSession) throws {
        try session.execute("DELETE FROM sync_rows WHERE account = \(account)")
        try session.execute("DELETE FROM sync_heads WHERE account = \(account)")
    }
}

extension SyncRecords.Head {
    init(_ row: Row) throws {
        (latest, trimmed) = (try row.get("latest"), try row.get("trimmed"))
        (rows, bytes) = (try row.get("row_count"), try row.get("byte_count"))
    }
}

extension SyncRow {
    init(_ row: Row) throws {
        key = SyncKey(wellFormed: try row.get("type"), try row.get("id"))
        let text: String? = try row.get(optional: "data")
        (data, checksum) = (text.map(CanonicalJSON.init(text:)), try row.get(optional: "checksum"))
        (version, seq, born) = (try row.get("version"), try row.get("seq"), try row.get("born"))
        (device, changedAt) = (try row.get(optional: "device"), try row.get("changed_at"))
        deletedAt = try row.get(optional: "deleted_at")
    }
}
