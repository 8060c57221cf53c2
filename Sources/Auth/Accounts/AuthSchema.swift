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
            Migration(
                3, "devices and cookies of sessions",
                [
                    "ALTER TABLE sessions ADD COLUMN device TEXT",
                    "ALTER TABLE sessions ADD COLUMN used_at BIGINT",
                    "ALTER TABLE sessions ADD COLUMN cookie_hash \(.bytes)",
                ]),
            Migration(
                4, "refresh tokens",
                [
                    """
                    CREATE TABLE refresh_tokens (
                        session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
                        generation BIGINT NOT NULL, hash \(.bytes) NOT NULL, created_at BIGINT NOT NULL,
                        expires_at BIGINT NOT NULL, spent_at BIGINT, child_salt \(.bytes),
                        PRIMARY KEY (session_id, generation)) \(.clustered)
                    """
                ]),
            Migration(
                5, "API keys",
                [
                    """
                    CREATE TABLE api_keys (
                        id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                        name TEXT NOT NULL, prefix TEXT NOT NULL UNIQUE, hash \(.bytes) NOT NULL, scopes TEXT,
                        created_at BIGINT NOT NULL, expires_at BIGINT, used_at BIGINT, revoked_at BIGINT)
                    """,
                    "CREATE INDEX api_keys_by_user ON api_keys (user_id, created_at)",
                ]),
            Migration(
                6, "roles and states of accounts",
                [
                    "ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'user'",
                    "ALTER TABLE users ADD COLUMN email_verified_at BIGINT",
                    "ALTER TABLE users ADD COLUMN disabled_at BIGINT",
                ]),
        ])
}
