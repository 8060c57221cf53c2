import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaExpiryTests {
    @Test func `many that ran out are released in parts, each hold whole`() async throws {
        let till = try await Till()
        try await till.database.write { session in
            for number in 1...25 {
                try till.ledger.reserve(
                    .random(), [(.uploads, 1), (.storageBytes, 3)], for: till.account, under: Entitlement(Plan()),
                    expiresIn: .seconds(number), in: session)
            }
        }
        till.clock.advance(by: .seconds(20))
        var parts: [Int] = []
        repeat {
            parts.append(try await till.database.write { try till.ledger.releaseExpired(upTo: 7, in: $0) })
            let (uploads, bytes) = (try await till.balance(.uploads), try await till.balance(.storageBytes))
            #expect(bytes.held == 3 * uploads.held)
        } while parts.last != 0
        #expect(parts.reduce(0, +) == 40)
        #expect(parts.count > 3)
        #expect(try await till.balance(.uploads).amounts == [0, 5])
        #expect(try await till.verify().isClean)
    }

    @Test func `an account is known to hold something in whatever window it is`() async throws {
        let till = try await Till()
        let hold = try await till.reserve([(.uploads, 1)], on: Plan(), expiresIn: nil)
        till.clock.turn(to: moment("2027-02-01T00:00:00.000Z"))
        #expect(try await till.database.read { try till.ledger.hasHolds(till.account, in: $0) })
        try await till.release(hold)
        #expect(try await till.database.read { try !till.ledger.hasHolds(till.account, in: $0) })
    }

    @Test func `of several sweeps at once each hold is given back once`() async throws {
        let till = try await Till()
        for _ in 1...30 {
            _ = try await till.reserve([(.uploads, 1), (.storageBytes, 2)], on: Plan(), expiresIn: .zero)
        }
        let released = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...6 {
                group.addTask {
                    try await till.database.write(.readCommitted) { try till.ledger.releaseExpired(in: $0) }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(released == 60)
        #expect(try await till.verify().isClean)
    }
}
