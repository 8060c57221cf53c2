import Foundation
import SampleLibrary
import Storage
import StorageSQLite

/// Accounts with 10,000 samples each. The first is filled as a service would do it; the others are given copies of its
/// rows, a batch to each of nine in turn, so that they lie mixed as if they had come in over the same months.
struct MadeLibrary {
    static let samplesEach = 10_000
    private static let (batch, together) = (50, 9)

    let database: any Database
    let owners: [AccountID]

    init(on database: any Database, samples: Int) {
        self.database = database
        owners = (0..<max(1, samples / Self.samplesEach)).compactMap { AccountID(Self.name($0)) }
    }

    /// - Returns: samples a second of the first account; nil when there was nothing left to do.
    func fill(log: (String) -> Void) async throws -> Double? {
        try await database.migrate([LibrarySchema.migrations], at: MadeSamples.start)
        let last = owners[owners.count - 1]
        guard try await database.read({ try $0.row("SELECT id FROM samples WHERE owner = \(last)") }) == nil else {
            return nil
        }
        let began = ContinuousClock.now
        // The few pages that a connection keeps by itself would be written and read over and over while so much comes in.
        if database is SQLiteDatabase { _ = try await database.write { try $0.rows("PRAGMA cache_size = -1000000") } }
        let speed = try await fillFirst()
        log("the first account: \(Int(speed)) samples/s")
        try await copyToOthers()
        // The server would do so by itself after a while; SQLite is asked as it is, and nobody asks it to.
        if !(database is SQLiteDatabase) { _ = try await database.write { try $0.execute("ANALYZE") } }
        log("all \(owners.count) accounts: \(began.duration(to: .now))")
        return speed
    }

    /// A hundred samples a transaction, as an import of a folder does it.
    private func fillFirst() async throws -> Double {
        let (made, owner, catalog) = (try MadeSamples(), owners[0], SampleCatalog())
        var spent = Duration.zero
        for first in stride(from: 0, to: Self.samplesEach, by: 100) {
            let items = (first..<first + 100).map { made.sample($0, of: owner) }
            spent += try await ContinuousClock().measure {
                try await database.write { session in
                    for (item, tags) in items {
                        try catalog.insert(item, in: session)
                        _ = try catalog.setTags(tags, of: item.sample.id, owner: owner, in: session)
                    }
                }
            }
            try await database.write { session in
                for (item, _) in items.prefix(2) {
                    _ = try catalog.hide(item.sample.id, of: owner, at: MadeSamples.start, in: session)
                }
            }
        }
        return Double(Self.samplesEach) / (spent / .seconds(1))
    }

    private func copyToOthers() async throws {
        let others = owners.enumerated().dropFirst().map { (prefix: Self.prefix($0.offset), owner: $0.element) }
        for start in stride(from: 0, to: others.count, by: Self.together) {
            let group = others[start..<min(start + Self.together, others.count)]
            for first in stride(from: 0, to: Self.samplesEach, by: Self.batch) {
                try await database.write { session in
                    let those = try samples(from: first, in: session)
                    for other in group { try copy(those, to: other.owner, other.prefix, in: session) }
                }
            }
        }
    }

    /// A batch of the first account's.
    private func samples(from first: Int, in session: any WriteSession) throws -> [SampleID] {
        let (from, to) = (MadeSamples.date(of: first), MadeSamples.date(of: first + Self.batch))
        return try session.rows(
            """
            SELECT id FROM samples WHERE owner = \(owners[0]) AND created_at >= \(from) AND created_at < \(to)
            """
        ).map { try $0.get("id") }
    }

    /// - Parameter prefix: the first eight letters of the copies' identifiers.
    private func copy(_ those: [SampleID], to owner: AccountID, _ prefix: String, in session: any WriteSession) throws {
        let source = owners[0]
        try session.execute(
            """
            INSERT INTO samples (id, owner, filename, object_key, content_type, size, etag, format, duration,
                sample_rate, channels, created_at, hidden_at)
            SELECT \(prefix) || substr(id, 9), \(owner), filename, object_key, content_type, size, etag, format,
                duration, sample_rate, channels, created_at, hidden_at FROM samples WHERE id IN (\(list: those))
            """)
        try session.execute(
            """
            INSERT INTO audio_features (sample_id, bpm, musical_key, scale, kind, features, waveform)
            SELECT \(prefix) || substr(sample_id, 9), bpm, musical_key, scale, kind, features, waveform
            FROM audio_features WHERE sample_id IN (\(list: those))
            """)
        try session.execute(
            """
            INSERT INTO sample_facets (owner, id, hidden, created_at, name, bpm, key_place, duration, kind, role)
            SELECT \(owner), \(prefix) || substr(id, 9), hidden, created_at, name, bpm, key_place, duration, kind, role
            FROM sample_facets WHERE owner = \(source) AND id IN (\(list: those))
            """)
        for (table, column) in [("sample_tags", "tag"), ("sample_words", "word")] as [(SQL, SQL)] {
            try session.execute(
                """
                INSERT INTO \(table) (owner, \(column), sample_id)
                SELECT \(owner), \(column), \(prefix) || substr(sample_id, 9) FROM \(table) WHERE sample_id IN (\(list: those))
                """)
        }
    }

    private static func name(_ number: Int) -> String { prefix(number) + "-0000-4000-8000-000000000000" }

    /// Spread over all values, as random identifiers are.
    private static func prefix(_ number: Int) -> String {
        let mixed = UInt32(truncatingIfNeeded: number &* 0x9E37_79B1)
        let text = String(mixed, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }
}
