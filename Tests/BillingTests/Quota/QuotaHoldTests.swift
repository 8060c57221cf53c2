import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaHoldTests {
    @Test func `a hold that ran out is given back, and not before`() async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.uploads, 1), (.storageBytes, 5)], on: Plan(), expiresIn: .seconds(10))
        till.clock.advance(by: .milliseconds(9_999))
        #expect(try await releaseExpired(till) == 0)
        #expect(try await till.isHeld(hold))
        till.clock.advance(by: .milliseconds(1))
        #expect(try await releaseExpired(till) > 0)
        #expect(try await !till.isHeld(hold))
        #expect(try await till.balance(.uploads).amounts == [0, 0])
        #expect(try await till.balance(.storageBytes).amounts == [0, 0])
        await #expect(throws: HoldGone()) { try await till.commit(hold) }
    }

    @Test func `a hold that is renewed lasts from then on`() async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.uploads, 1)], on: Plan(), expiresIn: .seconds(10))
        till.clock.advance(by: .seconds(8))
        try await till.database.write { try till.ledger.renew(hold, for: .seconds(10), in: $0) }
        till.clock.advance(by: .seconds(8))
        #expect(try await releaseExpired(till) == 0)
        try await till.commit(hold)
    }

    @Test func `a hold handed to a job does not run out`() async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.uploads, 1)], on: Plan())
        try await till.database.write { try till.ledger.handOver(hold, in: $0) }
        till.clock.advance(by: .seconds(365 * 86_400))
        #expect(try await releaseExpired(till) == 0)
        try await till.commit(hold)
    }

    @Test func `a hold that has ended is neither renewed nor handed over`() async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.uploads, 1)], on: Plan())
        try await till.release(hold)
        await #expect(throws: HoldGone()) {
            try await till.database.write { try till.ledger.renew(hold, for: .seconds(10), in: $0) }
        }
        await #expect(throws: HoldGone()) {
            try await till.database.write { try till.ledger.handOver(hold, in: $0) }
        }
    }

    @Test func `a restart releases what no job owns`() async throws {
        let till = try await Till()
        let owned = try await till.reserve([(.storageBytes, 3)], on: Plan())
        try await till.database.write { try till.ledger.handOver(owned, in: $0) }
        let born = try await till.reserve([(.storageBytes, 5)], on: Plan(), expiresIn: nil)
        let unowned = try await till.reserve([(.storageBytes, 7)], on: Plan())
        try await till.database.write { _ = try till.ledger.releaseUnowned(in: $0) }
        #expect(try await till.isHeld(owned))
        #expect(try await till.isHeld(born))
        #expect(try await !till.isHeld(unowned))
        #expect(try await till.balance(.storageBytes).amounts == [0, 8])
    }

    private func releaseExpired(_ till: Till) async throws -> Int {
        try await till.database.write { try till.ledger.releaseExpired(in: $0) }
    }
}
