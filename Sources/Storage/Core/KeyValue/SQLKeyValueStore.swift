/// Values in a table, shared by every process on the same database.
public struct SQLKeyValueStore: KeyValueStore {
    public static let migrations = MigrationSet(
        module: "key_value",
        [
            Migration(
                1, "values",
                [
                    """
                    CREATE TABLE key_values (
                        key TEXT PRIMARY KEY, value \(SQLDifference.bytes) NOT NULL, expires_at BIGINT)
                    """,
                    "CREATE INDEX key_values_by_expiry ON key_values (expires_at) WHERE expires_at IS NOT NULL",
                ])
        ])

    private let database: any Database
    private let clock: any WallClock

    public init(_ database: any Database, clock: any WallClock = SystemClock()) {
        (self.database, self.clock) = (database, clock)
    }

    public func get(_ key: KeyValueKey) async throws(KeyValueError) -> [UInt8]? {
        let now = clock.now()
        return try await unavailable { try await database.read { try $0.value(of: key, at: now)?.value } }
    }

    public func put(_ value: [UInt8], for key: KeyValueKey, expiresIn life: Duration?) async throws(KeyValueError) {
        try check(value)
        let expires = life.map { clock.now() + $0 }
        try await unavailable { try await database.write { try $0.keep(value, for: key, until: expires) } }
    }

    public func delete(_ key: KeyValueKey) async throws(KeyValueError) {
        _ = try await unavailable {
            try await database.write { try $0.execute("DELETE FROM key_values WHERE key = \(key.text)") }
        }
    }

    public func compareAndSet(
        _ key: KeyValueKey, from expected: [UInt8]?, to value: [UInt8], expiresIn life: Duration?
    ) async throws(KeyValueError) -> Bool {
        try check(value)
        let now = clock.now()
        return try await unavailable {
            try await database.write { session in
                guard try session.value(of: key, at: now)?.value == expected else { return false }
                try session.keep(value, for: key, until: life.map { now + $0 })
                return true
            }
        }
    }

    public func increment(
        _ key: KeyValueKey, by amount: Int, expiresIn life: Duration?
    )
        async throws(KeyValueError) -> Int
    {
        let now = clock.now()
        return try await unavailable {
            try await database.write { session in
                let present = try session.value(of: key, at: now)
                let count = try Counter.adding(amount, to: Counter.count(in: present?.value, key: key), key: key)
                let expires = present.map(\.expires) ?? life.map { now + $0 }
                try session.keep(Array(String(count).utf8), for: key, until: expires)
                return count
            }
        }
    }

    /// Removes what has expired; called by the service's upkeep.
    public func removeExpired() async throws(KeyValueError) {
        let now = clock.now()
        _ = try await unavailable {
            try await database.write { try $0.execute("DELETE FROM key_values WHERE expires_at <= \(now)") }
        }
    }

    private func unavailable<Value>(_ work: () async throws -> Value) async throws(KeyValueError) -> Value {
        do {
            return try await work()
        } catch let error as KeyValueError {
            throw error
        } catch {
            throw .unavailable(String(describing: error))
        }
    }
}

extension ReadSession {
    fileprivate func value(of key: KeyValueKey, at now: Timestamp) throws -> (value: [UInt8], expires: Timestamp?)? {
        let row = try row(
            """
            SELECT value, expires_at FROM key_values
            WHERE key = \(key.text) AND (expires_at IS NULL OR expires_at > \(now))
            """)
        guard let row else { return nil }
        return (try row.get("value"), try row.get(optional: "expires_at"))
    }
}

extension WriteSession {
    fileprivate func keep(_ value: [UInt8], for key: KeyValueKey, until expires: Timestamp?) throws {
        try execute(
            """
            INSERT INTO key_values (key, value, expires_at) VALUES (\(key.text), \(value), \(expires))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
            """)
    }
}
