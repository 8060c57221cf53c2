import Storage

/// The tables of this module.
public enum AuthSchema {
    public static let migrations = MigrationSet(
        module: "auth",
        [
            Migration(
                1, "users and sessions",
                [
                    """
                    CREATE TABLE users (
                        id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, password_hash TEXT,
                        created_at BIGINT NOT NULL)
                    """,
                    """
                    CREATE TABLE sessions (
                        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                        created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT)
                    """,
                    "CREATE INDEX sessions_by_user ON sessions (user_id)",
                    "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
                ]),
            Migration(
                2, "keys of a shared installation",
                [
                    """
                    CREATE TABLE sealed_keys (
                        name TEXT PRIMARY KEY, salt \(.bytes) NOT NULL, box \(.bytes) NOT NULL, created_at BIGINT NOT NULL)
                    """
                ]),
        ])
}
