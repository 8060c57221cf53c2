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
            Migration(
                7, "mailed links and the audit log",
                [
                    // No rule ties the log to users: it outlives them.
                    """
                    CREATE TABLE audit_log (
                        id TEXT PRIMARY KEY, created_at BIGINT NOT NULL, action TEXT NOT NULL, actor_kind TEXT NOT NULL,
                        actor_id TEXT, subject_id TEXT, address TEXT, device TEXT, detail TEXT)
                    """,
                    "CREATE INDEX audit_log_by_time ON audit_log (created_at, id)",
                    "CREATE INDEX audit_log_by_subject ON audit_log (subject_id, created_at, id)",
                    "CREATE INDEX audit_log_by_actor ON audit_log (actor_id, created_at, id)",
                    """
                    CREATE TABLE one_time_tokens (
                        purpose TEXT NOT NULL, email TEXT NOT NULL,
                        user_id TEXT REFERENCES users (id) ON DELETE CASCADE, role TEXT, hash \(.bytes) NOT NULL UNIQUE,
                        created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, PRIMARY KEY (purpose, email))
                        \(.clustered)
                    """,
                    "CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id)",
                    "CREATE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at)",
                    "CREATE INDEX users_by_age ON users (created_at, id)",
                ]),
            Migration(
                8, "identities of other issuers",
                [
                    """
                    CREATE TABLE identities (
                        issuer TEXT NOT NULL, subject TEXT NOT NULL,
                        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, created_at BIGINT NOT NULL,
                        PRIMARY KEY (issuer, subject)) \(.clustered)
                    """,
                    "CREATE INDEX identities_by_user ON identities (user_id)",
                ]),
            Migration(
                9, "sign-ins with providers under way",
                [
                    """
                    CREATE TABLE openid_flows (
                        id TEXT PRIMARY KEY, provider TEXT NOT NULL, cookie_hash \(.bytes) NOT NULL, next TEXT NOT NULL,
                        expires_at BIGINT NOT NULL, used_at BIGINT,
                        session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE)
                    """,
                    "CREATE INDEX openid_flows_by_expiry ON openid_flows (expires_at)",
                    "CREATE INDEX openid_flows_by_session ON openid_flows (session_id)",
                ]),
        ])
}
