import Storage

/// The tables of the quota ledger, after those that the first step of ``BillingSchema`` made.
///
/// `quota_entries` is only ever appended to. `number` counts the entries of a balance without gaps, so that they have an
/// order, and none can be missing unseen.
enum QuotaSchema {
    static let migrations = [
        Migration(
            3, "entries of the quota ledger",
            [
                "ALTER TABLE quota_balances ADD COLUMN entries BIGINT NOT NULL DEFAULT 0",
                "ALTER TABLE quota_balances ADD COLUMN ceiling BIGINT",
                "ALTER TABLE quota_balances ADD COLUMN told BIGINT NOT NULL DEFAULT 0",
                """
                CREATE TABLE quota_entries (
                    account TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, number BIGINT NOT NULL,
                    available BIGINT NOT NULL, held BIGINT NOT NULL, used BIGINT NOT NULL, correction BIGINT NOT NULL,
                    hold TEXT, reason TEXT NOT NULL, note TEXT, created_at BIGINT NOT NULL,
                    CONSTRAINT quota_entries_sum CHECK (available + held + used + correction = 0),
                    PRIMARY KEY (account, unit, period, number)) \(.clustered)
                """,
            ]),
        // What was counted before entries were: an entry for each open hold, and one for what is used. Of times before the
        // ledger nothing is known, so theirs is 0.
        Migration(
            4, "opening entries of the quota ledger",
            [
                """
                INSERT INTO quota_entries (account, unit, period, number, available, held, used, correction, hold, reason,
                    created_at)
                SELECT account, unit, period, ROW_NUMBER() OVER (PARTITION BY account, unit, period ORDER BY hold),
                    -amount, amount, 0, 0, hold, 'opening', 0
                FROM quota_holds
                """,
                """
                INSERT INTO quota_entries (account, unit, period, number, available, held, used, correction, hold, reason,
                    created_at)
                SELECT account, unit, period, counted + 1, holding - held - used, held - holding, used, 0, NULL, 'opening', 0
                FROM (
                    SELECT b.account, b.unit, b.period, b.used, b.held, COUNT(e.number) AS counted,
                        CAST(COALESCE(SUM(e.held), 0) AS BIGINT) AS holding
                    FROM quota_balances AS b LEFT JOIN quota_entries AS e
                        ON e.account = b.account AND e.unit = b.unit AND e.period = b.period
                    GROUP BY b.account, b.unit, b.period, b.used, b.held) AS opened
                WHERE used <> 0 OR held <> holding
                """,
                """
                UPDATE quota_balances SET entries = (
                    SELECT COUNT(*) FROM quota_entries AS e WHERE e.account = quota_balances.account
                        AND e.unit = quota_balances.unit AND e.period = quota_balances.period)
                """,
            ]),
    ]
}
