import AudioCore
import Auth
import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// What of the schema an account takes away, and what not: each table is in one of these lists.
@Suite struct ArchivedTablesTests {
    /// Where in the document the rows of a table are; of what is in a list, in its first element.
    static let archived = [
        "users": "account.profile.email", "sessions": "account.sessions", "api_keys": "account.api_keys",
        "identities": "identities", "audit_log": "audit", "account_plans": "plan", "quota_balances": "quota",
        "billing_customers": "invoices.customer", "subscriptions": "subscriptions", "invoices": "invoices",
        "invoice_refunds": "invoices.refunded", "usage_entries": "usage", "usage_days": "usage_days",
        "samples": "samples", "audio_features": "samples.audio_features", "sample_tags": "samples.tags",
        "collections": "collections", "collection_samples": "collections.samples", "kits": "kits",
        "kit_pads": "kits.pads.sample", "folders": "folders", "files": "files.folder", "profiles": "profiles",
        "songs": "songs.profile", "stems": "songs.stems.file_url", "jobs": "jobs.sample_id",
        "exports": "exports.device",
        "sync_rows": "sync.data", "room_messages": "room_messages.text",
    ]

    /// Tables that are not in it, by the reason.
    static let leftOut: [(reason: String, tables: Set<String>)] = [
        (
            "opens an account, and lives for days at most",
            ["refresh_tokens", "one_time_tokens", "openid_flows", "sealed_keys"]
        ),
        (
            "made of what is in it, for finding and comparing",
            ["sample_facets", "sample_words", "sample_vectors", "sync_heads"]
        ),
        ("the book by which the operator proves the balances, which are in it", ["quota_entries", "quota_holds"]),
        ("the tries of jobs by the operator's machines", ["job_attempts", "outbox_attempts"]),
        ("on its way, for a day: then it is a sample or a file", ["upload_sessions"]),
        ("letters, which the account has by mail", ["outbox_messages"]),
        ("news of what is in it, and answers to repeats, for days", ["event_topics", "events", "idempotency_keys"]),
        ("what all in a room have made, and who is there now", ["rooms", "room_visits", "room_hosts"]),
        (
            "how the operator heard of subscriptions and bills, which are in it",
            [
                "subscription_pictures", "webhook_events", "customer_checks", "forgotten_customers",
                "development_payments",
            ]
        ),
        (
            "the operator's own: no route makes one for an account",
            [
                "workflows", "workflow_steps", "workflow_signals", "schedules", "schedule_runs", "job_queues",
                "usage_marks",
                "installation", "key_values",
            ]
        ),
    ]

    @Test(arguments: [SQLDialect.sqlite, .postgres])
    func `every table is in what an account takes away, or has a reason why not`(_ dialect: SQLDialect) {
        let statements = UseCases.migrations.flatMap(\.migrations).flatMap(\.statements)
        let tables = statements.compactMap { statement -> String? in
            let words = statement.rendered(for: dialect).text.split { $0.isWhitespace || $0 == "(" }
            return words.prefix(2) == ["CREATE", "TABLE"] && words.count > 2 ? String(words[2]) : nil
        }
        #expect(Set(tables).count == tables.count && tables.count > 50)
        let known = Array(Self.archived.keys) + Self.leftOut.flatMap(\.tables)
        #expect(Set(known).count == known.count, "a table is in both lists")
        #expect(Set(tables).subtracting(known) == [], "put these into the archive, or say here why not")
        #expect(Set(known).subtracting(tables) == [], "these are no tables any more")
    }

    @Test func `one of each is in it`() async throws {
        let studio = try await Studio(pace: .calm)
        let (caller, key) = try await Self.fill(studio)
        var bytes: [UInt8] = []
        try await studio.useCases.accounts.archive(of: caller).write { bytes += $0 }
        let document = try JSONSerialization.jsonObject(with: Data(bytes))
        for (table, path) in Self.archived.sorted(by: { $0.key < $1.key }) {
            let rows = try await studio.count(SQL(stringLiteral: "SELECT COUNT(*) AS n FROM \(table)"))
            #expect(rows > 0, "nothing is in \(table)")
            #expect(Self.holds(document, path.split(separator: ".")), "\(table) is not at \(path)")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        for own in ["late", "By hand", "Slow", "Night", "Covers", "cover.png", "The Waxwings", "Bohemia", "hello"] {
            #expect(text.contains("\"\(own)\""), "no '\(own)'")
        }
        #expect(text.contains("/media/The%20Waxwings/"))
        // A range without an end has none.
        #expect(text.contains(#""tempo_from":70"#) && !text.contains("tempo_to"))
        for secret in ["argon2", key, "object_key", "processed/"] { #expect(!text.contains(secret)) }
    }

    /// Whether something is there: neither null nor empty.
    private static func holds(_ value: Any?, _ path: [Substring]) -> Bool {
        switch value {
        case let list as [Any]: !list.isEmpty && (path.isEmpty || list.contains { holds($0, path) })
        case let object as [String: Any]:
            path.first.map { holds(object[String($0)], Array(path.dropFirst())) } ?? !object.isEmpty
        case let text as String: path.isEmpty && !text.isEmpty
        case is NSNumber: path.isEmpty
        default: false
        }
    }

    /// Makes an account that has something in every table of ``archived``.
    ///
    /// - Returns: who it is, and the secret of its key.
    private static func fill(_ studio: Studio) async throws -> (Principal, String) {
        let user = try await studio.register().id
        let (caller, cases) = (try await studio.signIn(), studio.useCases)
        let key = try await cases.programKeys.create(
            name: "laptop", scopes: nil, expiresAt: nil, for: caller, from: .test)
        for name in ["kick.wav", "hat.wav"] { try await studio.upload(named: name, for: user) }
        try await studio.work()
        let samples = try await cases.library.samples(of: caller, PageRequest()).items.map(\.sample.id)
        try await fillLibrary(studio, samples, caller)
        _ = try await cases.sync.push(
            [SyncChange(.note("1"), to: CanonicalJSON(text: "{\"a\":1}"))], from: nil, of: caller)
        _ = try await cases.rooms.say("hello", in: RoomName("studio"), of: caller)
        let now = studio.clock.now()
        _ = try await studio.database.write { session in
            _ = try SampleCatalog().setTags([#require(SampleTag("late"))], of: samples[0], owner: user, in: session)
            try session.execute(
                """
                INSERT INTO identities (issuer, subject, user_id, created_at)
                VALUES ('https://id.example.com', '7', \(user), \(now))
                """)
            try PlanAssignments().assign("basic", version: 1, to: user, at: now, in: session)
            try UsageLog(clock: studio.clock).add(
                .egress, count: 7, cost: UsageCost(.zero), for: user, in: session)
            #expect(try Customers().link("cus_1", to: user, at: now, in: session))
            try Billing.Subscriptions().note(
                Subscription(
                    id: "sub_1", customer: "cus_1", account: user, status: .active,
                    items: [.init(price: "pro-month-1")], period: nil, createdAt: now), at: now, from: .asked(now),
                in: session)
            try Invoices().note(
                Invoice(
                    id: "in_1", customer: "cus_1", status: .paid, currency: "usd", total: 900, paid: 900, refunded: 100,
                    createdAt: now), at: now, from: "evt_1", in: session)
        }
        return (caller, key.secret.text)
    }

    private static func fillLibrary(_ studio: Studio, _ samples: [SampleID], _ caller: Principal) async throws {
        let cases = studio.useCases
        let byHand = try await cases.collections.create("By hand", in: nil, rules: nil, of: caller)
        _ = try await cases.collections.change(.add, samples, of: byHand.collection.id, for: caller)
        var slow = SampleQuery()
        slow.tempo = 70 ... .greatestFiniteMagnitude
        _ = try await cases.collections.create("Slow", in: byHand.collection.id, rules: slow, of: caller)
        let pads = zip(PadAddress.all, samples).map { KitPad($0, sample: $1.text) }
        let kit = try await cases.kits.create(Kit(name: "Night", bpm: 92, pads: pads), of: caller)
        _ = try await cases.exports.export(kit.id, for: ExportTarget(.sp404sx), of: caller)
        let folder = try await cases.files.createFolder("Covers", in: nil, of: caller)
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 1, count: 900)
        _ = try await cases.files.receive(
            .chunks(png, of: 100), named: "cover.png", in: folder.id, expectedSize: nil, for: caller)
        _ = try await cases.songs.createProfile("The Waxwings", of: caller)
        let song = try await cases.songs.addSong(
            .chunks(MadeAudio.wav(), of: 5_000), named: "bohemia.wav", title: "Bohemia", to: "The Waxwings",
            expectedSize: nil, for: caller)
        _ = try await cases.songs.setStem(
            "drums", of: song.song.id, .chunks(MadeAudio.wav(frames: 22_050), of: 5_000), expectedSize: nil, for: caller
        )
        try await studio.work()
    }
}
