import Storage

extension BillingSchema {
    static let subscriptions = Migration(
        5, "customers, subscriptions and invoices",
        [
            """
            CREATE TABLE billing_customers (
                customer TEXT PRIMARY KEY, account TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL)
            """,
            """
            CREATE TABLE subscriptions (
                id TEXT PRIMARY KEY, customer TEXT NOT NULL, account TEXT, named_account TEXT, status TEXT NOT NULL,
                picture TEXT NOT NULL, period_end BIGINT, past_due_since BIGINT, created_at BIGINT NOT NULL,
                noted_at BIGINT NOT NULL, source TEXT NOT NULL, suspect BIGINT NOT NULL)
            """,
            "CREATE INDEX subscriptions_of_account ON subscriptions (account, created_at DESC, id DESC)",
            "CREATE INDEX subscriptions_of_customer ON subscriptions (customer)",
            "CREATE INDEX subscriptions_suspect ON subscriptions (customer) WHERE suspect = 1",
            "CREATE INDEX subscriptions_ending ON subscriptions (status, period_end)",
            """
            CREATE TABLE subscription_pictures (
                subscription TEXT NOT NULL, source TEXT NOT NULL, status TEXT NOT NULL, noted_at BIGINT NOT NULL,
                digest TEXT NOT NULL, PRIMARY KEY (subscription, source))
            """,
            """
            CREATE TABLE invoices (
                id TEXT PRIMARY KEY, customer TEXT NOT NULL, status TEXT NOT NULL, picture TEXT NOT NULL,
                created_at BIGINT NOT NULL, noted_at BIGINT NOT NULL, source TEXT NOT NULL)
            """,
            "CREATE INDEX invoices_of_customer ON invoices (customer, created_at DESC, id DESC)",
            "CREATE TABLE invoice_refunds (invoice TEXT PRIMARY KEY, total BIGINT NOT NULL)",
        ])

    static let webhooks = Migration(
        6, "webhook events",
        [
            """
            CREATE TABLE webhook_events (
                id TEXT PRIMARY KEY, type TEXT NOT NULL, happened_at BIGINT NOT NULL, created_at BIGINT NOT NULL,
                outcome TEXT NOT NULL, reason TEXT, customer TEXT, body \(.bytes), digest TEXT NOT NULL,
                deliveries BIGINT NOT NULL, applied_at BIGINT)
            """,
            "CREATE INDEX webhook_events_listed ON webhook_events (created_at DESC, id DESC)",
            "CREATE INDEX webhook_events_by_outcome ON webhook_events (outcome, created_at DESC, id DESC)",
            "CREATE INDEX webhook_events_of_customer ON webhook_events (customer) WHERE customer IS NOT NULL",
            "CREATE INDEX webhook_events_waiting ON webhook_events (customer) WHERE outcome = 'waiting'",
        ])

    static let upkeep = Migration(
        7, "looks at the provider, and payments in development",
        [
            "CREATE TABLE customer_checks (customer TEXT PRIMARY KEY, looked_at BIGINT NOT NULL, failure TEXT)",
            """
            CREATE TABLE development_payments (
                id TEXT PRIMARY KEY, kind TEXT NOT NULL, customer TEXT, content TEXT NOT NULL, created_at BIGINT NOT NULL)
            """,
            "CREATE INDEX development_payments_of_customer ON development_payments (customer, kind, created_at)",
        ])

    static let forgotten = Migration(
        9, "customers whose account is gone", ["CREATE TABLE forgotten_customers (customer TEXT PRIMARY KEY)"])
}
