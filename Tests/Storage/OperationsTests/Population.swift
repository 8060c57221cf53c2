import Foundation
import Storage
import StorageTestKit

/// Rows for the tables of every module, the same for the same seed, with values that are hard to keep.
struct Population: Sendable {
    let rows: Int
    let seed: UInt64

    private static let integers: [Int64] = [0, 1, -1, .max, .min, 1 << 53 + 1, -(1 << 53) - 1]
    private static let reals: [Double] = [
        0, 0.1, -1.5, .pi, 1e300, -1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 / 3, .infinity,
        -.infinity,
        3, 9_007_199_254_740_992,
    ]
    private static let texts = [
        "", "a", "NULL", "1.0", "é", "e\u{301}", "😀\u{200B}", "\r\n\t\u{1}", "'; DROP TABLE users; --", "\u{FFFF}",
        "日本語", "\u{202E}abc", "\\x00", "\"quoted\"",
    ]

    func fill(_ database: any Database) async throws {
        let each = max(1, rows / 10)
        for first in stride(from: 0, to: each, by: 500) {
            let part = first..<min(first + 500, each)
            try await database.write { session in
                var random = SplitMix64(seed: seed &+ UInt64(part.lowerBound))
                for number in part { try add(number, &random, in: session) }
            }
        }
    }

    /// About ten rows in as many tables.
    private func add(_ number: Int, _ random: inout SplitMix64, in session: any WriteSession) throws {
        let id = "\(number)-\(random.next())"
        try session.execute(
            """
            INSERT INTO users (id, email, name, password_hash, created_at)
            VALUES (\(id), \("\(id)@example.com"), \(text(&random)), \(optional(text(&random), &random)), \(integer(&random)))
            """)
        try session.execute(
            """
            INSERT INTO sessions (id, user_id, created_at, expires_at, revoked_at)
            VALUES (\(id), \(id), \(integer(&random)), \(integer(&random)), \(optional(integer(&random), &random)))
            """)
        try session.execute(
            """
            INSERT INTO jobs (id, kind, payload, queue, priority, owner, state, run_at, attempts, lost_leases, crashes,
                lease_token, cancel_requested, error, created_at)
            VALUES (\(id), 'analyze', \(text(&random)), 'default', 0, \(id), 'ready', \(integer(&random)), 0, 0, 0, 0, 0,
                \(optional(text(&random), &random)), \(integer(&random)))
            """)
        try session.execute(
            """
            INSERT INTO samples (id, owner, filename, object_key, content_type, size, etag, format, duration, sample_rate,
                channels, created_at, hidden_at)
            VALUES (\(id), \(id), \(text(&random)), \("processed/\(id)"), 'audio/wav', \(integer(&random)), 'e', NULL,
                \(real(&random)), 48000, 2, \(integer(&random)), \(optional(integer(&random), &random)))
            """)
        try session.execute(
            """
            INSERT INTO audio_features (sample_id, bpm, musical_key, scale, kind, features, waveform)
            VALUES (\(id), \(optional(real(&random), &random)), NULL, 'minor', 'loop',
                \(String(repeating: text(&random) + "{}", count: number % 97 == 0 ? 20_000 : 20)), \(text(&random)))
            """)
        try session.execute(
            "INSERT INTO sample_tags (owner, tag, sample_id) VALUES (\(id), \(text(&random)), \(id))")
        try session.execute(
            """
            INSERT INTO usage_entries (id, account, job, feature, amount, cost_microusd, created_at)
            VALUES (\(id), \(id), \(optional(id, &random)), 'stems', \(real(&random)), \(integer(&random)), 1)
            """)
        try session.execute(
            """
            INSERT INTO quota_balances (account, unit, period, used, held)
            VALUES (\(id), 'bytes', '2026-11', \(integer(&random) & .max), 0)
            """)
        let bytes = (0..<(number % 61 == 0 ? 100_000 : Int(random.next() % 40))).map { UInt8(truncatingIfNeeded: $0) }
        try session.execute(
            """
            INSERT INTO key_values (key, value, expires_at)
            VALUES (\(id), \(bytes), \(optional(integer(&random), &random)))
            """)
        try session.execute(
            """
            INSERT INTO events (topic, number, kind, payload, happened_at)
            VALUES ('imports', \(number), 'job.completed', \(text(&random)), \(integer(&random)))
            """)
    }

    private func integer(_ random: inout SplitMix64) -> Int64 {
        let bits = random.next()
        return bits % 3 == 0
            ? Self.integers[Int(bits / 3 % UInt64(Self.integers.count))] : Int64(bitPattern: random.next())
    }

    private func real(_ random: inout SplitMix64) -> Double {
        let bits = random.next()
        let any = Double(bitPattern: random.next())
        return bits % 3 == 0 || any.isNaN ? Self.reals[Int(bits / 3 % UInt64(Self.reals.count))] : any
    }

    private func text(_ random: inout SplitMix64) -> String {
        let bits = random.next()
        return Self.texts[Int(bits % UInt64(Self.texts.count))] + (bits & 1024 == 0 ? "" : "\(bits)")
    }

    private func optional<Value>(_ value: Value, _ random: inout SplitMix64) -> Value? {
        random.next() % 3 == 0 ? nil : value
    }
}
