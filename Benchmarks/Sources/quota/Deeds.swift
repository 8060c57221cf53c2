import Billing
import Storage

/// What was done in the same transactions as the ledger's entries, kept apart from it: a witness.
enum Deeds {
    static let migrations = MigrationSet(
        module: "deeds",
        [
            Migration(
                1, "deeds",
                [
                    """
                    CREATE TABLE deeds (
                        hold TEXT PRIMARY KEY, account TEXT NOT NULL, prompts BIGINT NOT NULL, bytes BIGINT NOT NULL,
                        freed BIGINT NOT NULL)
                    """,
                    "CREATE INDEX deeds_kept ON deeds (account) WHERE freed = 0",
                ])
        ])

    /// The hold's amounts are used. A second time is refused by the table.
    static func note(
        _ hold: HoldID, of account: AccountID, bytes: Int, in session: any WriteSession
    ) throws {
        try session.execute(
            """
            INSERT INTO deeds (hold, account, prompts, bytes, freed) VALUES (\(hold), \(account), 1, \(bytes), 0)
            """)
    }

    /// Gives back the bytes of one that is kept, whosever it was.
    static func free(of account: AccountID, _ ledger: QuotaLedger, in session: any WriteSession) throws {
        let row = try session.row(
            """
            UPDATE deeds SET freed = 1 WHERE freed = 0 AND hold = (
                SELECT hold FROM deeds WHERE account = \(account) AND freed = 0 LIMIT 1 \(.skipLocked))
            RETURNING bytes
            """)
        guard let row else { return }
        try ledger.free(try row.get("bytes"), of: .storageBytes, for: account, in: session)
    }
}
