import Storage

extension BillingSchema {
    static let usageSums = Migration(
        8, "sums of usage by day",
        [
            "ALTER TABLE usage_entries ADD COLUMN detail TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE usage_entries ADD COLUMN input_tokens BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE usage_entries ADD COLUMN output_tokens BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE usage_entries ADD COLUMN prompt TEXT",
            "ALTER TABLE usage_entries ADD COLUMN rolled_up INTEGER NOT NULL DEFAULT 0",
            "CREATE INDEX usage_entries_open ON usage_entries (account, created_at) WHERE rolled_up = 0",
            "CREATE INDEX usage_entries_rolled_up ON usage_entries (created_at) WHERE rolled_up = 1",
            """
            CREATE TABLE usage_days (
                account TEXT NOT NULL, day BIGINT NOT NULL, feature TEXT NOT NULL, detail TEXT NOT NULL,
                amount BIGINT NOT NULL CHECK (amount >= 0), input_tokens BIGINT NOT NULL,
                output_tokens BIGINT NOT NULL, count BIGINT NOT NULL,
                cost_microusd BIGINT NOT NULL CHECK (cost_microusd >= 0), cost_rest BIGINT NOT NULL,
                PRIMARY KEY (account, day, feature, detail))
            """,
            "CREATE INDEX usage_days_of_all ON usage_days (day)",
            "CREATE TABLE usage_marks (name TEXT PRIMARY KEY, day BIGINT NOT NULL, account TEXT NOT NULL)",
            """
            CREATE INDEX quota_balances_stored ON quota_balances (account)
                WHERE unit = 'storage_bytes' AND period = 'all'
            """,
        ])
}
