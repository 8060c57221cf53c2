import Auth
import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct AnswerSealTests {
    private let key = "a-key-of-the-client"

    @Test func `the row shows neither the key, nor whose it is, nor what was answered`() async throws {
        let desk = try await KeyDesk()
        let ticket = try await desk.ticket(key)
        try await desk.database.write { try ticket.record("wx_secret", in: $0) }
        let running = try await row(in: desk)
        try await desk.keys.finish(ticket, .created)
        let done = try await row(in: desk)
        guard case .account(let account) = desk.ada else { return }
        for secret in [key, account.text, "wx_secret", "application/json"] {
            for text in [Data(secret.utf8), Data(Data(secret.utf8).base64EncodedData())] {
                #expect(running.range(of: text) == nil && done.range(of: text) == nil)
            }
        }
        #expect(running.count > 100 && done.count > running.count)
    }

    @Test func `who has the database and guesses the key opens nothing without the installation's secrets`()
        async throws
    {
        let desk = try await KeyDesk()
        try await desk.keys.finish(desk.ticket(key), .created)
        let elsewhere = IdempotencyKeys(desk.database, keys: try .random(clock: desk.clock), clock: desk.clock)
        await #expect(throws: IdempotencyRefusal.noAnswer) {
            try await elsewhere.claim(IdempotencyKey(key), of: desk.ada, for: .upload)
        }
    }

    @Test func `what was sealed before the keys were rotated is opened after it`() async throws {
        let desk = try await KeyDesk()
        try await desk.keys.finish(desk.ticket(key), .created)
        try await desk.secrets.rotate(.link)
        desk.clock.advance(by: .seconds(23 * 3600))
        #expect(try await desk.replayed(key) == .created)
    }

    @Test func `no bit of a sealed answer can be changed`() throws {
        let seal = try AnswerSeal(IdempotencyKey(key), salt: [1], secrets: [[2]])
        let sealed = try seal.close("answer", as: "a")
        #expect(try seal.open(sealed, as: "a") == "answer")
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: IdempotencyRefusal.noAnswer) { try seal.open(changed, as: "a", String.self) }
        }
        // Nor can one stand in for another.
        #expect(throws: IdempotencyRefusal.noAnswer) { try seal.open(sealed, as: "b", String.self) }
    }

    @Test func `nothing that is printed tells a key, a receipt or an answer`() async throws {
        let desk = try await KeyDesk()
        let ticket = try await desk.ticket(key)
        let (key, answer) = (try IdempotencyKey(key), KeptAnswer.created)
        for text in ["\(key)", "\(ticket)", "\(answer)", String(reflecting: [key]), String(reflecting: [answer])] {
            #expect(!text.contains(self.key) && !text.contains("secret"))
        }
    }

    private func row(in desk: KeyDesk) async throws -> Data {
        try await desk.database.read { session in
            let row = try session.row("SELECT * FROM idempotency_keys")
            return (row?.values ?? []).reduce(into: Data()) { all, value in
                switch value {
                case .blob(let bytes): all += bytes
                case .text(let text): all += Data(text.utf8)
                default: break
                }
            }
        }
    }
}
