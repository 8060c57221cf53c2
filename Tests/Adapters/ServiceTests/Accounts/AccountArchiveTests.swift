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
                    "analysis", amount: Double(number), cost: MicroUSD(1), for: user.id, job: nil, in: session)
            }
            clock.advance(by: .milliseconds(number % 3))
        }
        let entries = try #require(try await archive(studio, caller)["usage"] as? [[String: Any]])
        let amounts = entries.compactMap { $0["amount"] as? Double }
        #expect(amounts.sorted() == (0..<(2 * PageRequest.largest + 1)).map(Double.init))
    }

    private func archive(_ studio: Studio, _ caller: Principal) async throws -> [String: Any] {
        var bytes: [UInt8] = []
        try await studio.useCases.accounts.archive(of: caller).write { bytes += $0 }
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }
}
