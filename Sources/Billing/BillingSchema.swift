import Storage

/// The tables of this module.
public enum BillingSchema {
    public static let migrations = MigrationSet(
        module: "billing",
        [
            Migration(
                1, "plans, quota and usage",
                [
                    "CREATE TABLE account_plans (account TEXT PRIMARY KEY, plan TEXT NOT NULL, since BIGINT NOT NULL)",
                    """
                    CREATE TABLE quota_balances (
                        account TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL,
                        used BIGINT NOT NULL CHECK (used >= 0), held BIGINT NOT NULL CHECK (held >= 0),
                        PRIMARY KEY (account, unit, period))
                    """,
                    """
                    CREATE TABLE quota_holds (
                        hold TEXT NOT NULL, account TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL,
                        amount BIGINT NOT NULL CHECK (amount >= 0), expires_at BIGINT,
                        PRIMARY KEY (hold, unit))
                    """,
                    "CREATE INDEX quota_holds_expiring ON quota_holds (expires_at) WHERE expires_at IS NOT NULL",
                    """
                    CREATE TABLE usage_entries (
                        id TEXT PRIMARY KEY, account TEXT NOT NULL, job TEXT, feature TEXT NOT NULL,
                        amount DOUBLE PRECISION NOT NULL, cost_microusd BIGINT NOT NULL, created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX usage_entries_of_account ON usage_entries (account, created_at)",
                ]),
            Migration(
                2, "versions of plans",
                [
                    "ALTER TABLE account_plans ADD COLUMN version BIGINT NOT NULL DEFAULT 1",
                    "ALTER TABLE account_plans ADD COLUMN fixed BIGINT NOT NULL DEFAULT 0",
                ]),
        ] + QuotaSchema.migrations + [subscriptions, webhooks, upkeep, usageSums, forgotten])
}
