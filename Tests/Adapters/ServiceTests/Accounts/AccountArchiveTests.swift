import Auth
import Billing
import Foundation
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct AccountArchiveTests {
    @Test func `all that there is of an account is in one document, and nothing of others`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let caller = try await studio.signIn()
        for name in ["a.wav", "b \"quoted\".wav"] { try await studio.upload(named: name, for: user.id) }
        try await studio.upload(named: "foreign.wav")
        try await studio.work()
        let hidden = try await studio.useCases.library.samples(of: caller, PageRequest()).items[0].sample
        try await studio.useCases.library.hide(hidden.id, of: caller)
        let document = try await archive(studio, caller)
        let account = try #require(document["account"] as? [String: Any])
        #expect((account["profile"] as? [String: Any])?["email"] as? String == "ada@example.com")
        #expect((account["sessions"] as? [Any])?.count == 1)
        let samples = try #require(document["samples"] as? [[String: Any]])
        #expect(Set(samples.compactMap { $0["filename"] as? String }).count == 2)
        #expect(samples.contains { $0["hidden_at"] is String })
        #expect((document["jobs"] as? [Any])?.count == 2)
        #expect(document["plan"] as? String == "basic")
        let text = String(decoding: try JSONSerialization.data(withJSONObject: document), as: UTF8.self)
        #expect(!text.contains("foreign") && !text.contains("argon2"))
    }

    @Test func `pages join without a seam`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let caller = try await studio.signIn()
        let (usage, clock) = (UsageLog(clock: studio.clock), studio.clock)
        for number in 0..<(2 * PageRequest.largest + 1) {
            _ = try await studio.database.write { session in
                try usage.record(
                    .analysis, amount: Double(number), cost: MicroUSD(1), for: user.id, job: nil, in: session)
            }
            clock.advance(by: .milliseconds(number % 3))
        }
        let entries = try #require(try await archive(studio, caller)["usage"] as? [[String: Any]])
        let amounts = entries.compactMap { $0["amount"] as? Double }
        #expect(amounts.sorted() == (0..<(2 * PageRequest.largest + 1)).map(Double.init))
    }

    @Test func `a long collection and many days go out in parts, in their order`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let caller = try await studio.signIn()
        let (collections, now) = (SampleCollections(), studio.clock.now())
        let count = 2 * PageRequest.largest + 1
        let samples = (0..<count).map { _ in SampleID.random() }
        try await studio.database.write { session in
            for name in ["one", "two", "three"] {
                let made = try collections.create(name, of: user.id, at: now, session: session)
                guard name == "two" else { continue }
                for (place, sample) in samples.enumerated() {
                    try session.execute(
                        """
                        INSERT INTO collection_samples (collection_id, sample_id, place, added_at)
                        VALUES (\(made.id), \(sample), \(place + 1), \(now))
                        """)
                }
            }
            for number in 0..<count {
                try session.execute(
                    """
                    INSERT INTO usage_days (account, day, feature, detail, amount, input_tokens, output_tokens, count,
                        cost_microusd, cost_rest)
                    VALUES (\(user.id), \(number / 3), 'ai', \("purpose_\(number % 3)"), \(number), 0, 0, 1, 0, 0)
                    """)
            }
        }
        var largest = 0
        try await studio.useCases.accounts.archive(of: caller).write { largest = max(largest, $0.count) }
        // Of the longest parts, 200 days.
        #expect(largest < 60_000)
        let document = try await archive(studio, caller)
        let found = try #require(document["collections"] as? [[String: Any]])
        let lists: [String: [String]] = found.reduce(into: [:]) {
            $0[$1["name"] as? String ?? ""] = $1["samples"] as? [String]
        }
        #expect(lists == ["one": [], "two": samples.map(\.text), "three": []])
        let days = try #require(document["usage_days"] as? [[String: Any]])
        #expect(days.compactMap { $0["amount"] as? Int } == Array(0..<count))
    }

    private func archive(_ studio: Studio, _ caller: Principal) async throws -> [String: Any] {
        var bytes: [UInt8] = []
        try await studio.useCases.accounts.archive(of: caller).write { bytes += $0 }
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }
}
