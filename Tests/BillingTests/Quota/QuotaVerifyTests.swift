import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaVerifyTests {
    @Test func `a ledger that adds up says how much it looked at`() async throws {
        let till = try await Till()
        try await till.use(3, .uploads, on: Plan())
        _ = try await till.reserve([(.uploads, 1), (.storageBytes, 2)], on: Plan())
        let audit = try await till.verify()
        #expect(audit.isClean)
        #expect((audit.entries, audit.balances, audit.holds) == (4, 2, 1))
    }

    @Test func `more entries than a page are all looked at`() async throws {
        let till = try await Till()
        try await till.database.write { session in
            for account in (0..<3).map({ _ in AccountID.random() }) {
                for _ in 1...400 {
                    let hold = HoldID.random()
                    try till.ledger.reserve(
                        hold, [(.uploads, 1)], for: account, under: Entitlement(Plan()), expiresIn: nil, in: session)
                    try till.ledger.commit(hold, in: session)
                }
            }
        }
        let audit = try await till.verify()
        #expect(audit.isClean)
        #expect(audit.entries == 2_400)
        try await till.plant("UPDATE quota_balances SET used = used + 1")
        #expect(try await till.verify().found == 3)
    }

    @Test(arguments: Fault.all)
    func `each kind of fault is found`(fault: Fault) async throws {
        let till = try await Till()
        try await till.use(10, .uploads, on: Plan())
        _ = try await till.reserve([(.uploads, 4)], on: Plan())
        let other = AccountID.random()
        try await till.commit(try await till.reserve([(.uploads, 1)], on: Plan(), for: other))
        #expect(try await till.verify().isClean)
        try await till.plant(fault.statements)
        var reported: [QuotaDifference] = []
        let audit = try await till.database.read { session in
            var heard: [QuotaDifference] = []
            let audit = try till.ledger.verify(in: session) { heard.append($0) }
            return (audit, heard)
        }
        reported = audit.1
        #expect(reported == audit.0.differences)
        #expect(reported.contains { fault.isFound($0.kind) }, "\(reported)")
        #expect(reported.allSatisfy { $0.unit == "uploads" && !$0.description.isEmpty })
    }
}

/// Damage, and how it shows.
struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let statements: [SQL]
    let isFound: @Sendable (QuotaDifference.Kind) -> Bool

    init(_ name: String, _ statements: SQL..., isFound: @escaping @Sendable (QuotaDifference.Kind) -> Bool) {
        (testDescription, self.statements, self.isFound) = (name, statements, isFound)
    }

    static let all = [
        Fault(
            "an entry that does not sum up", "UPDATE quota_entries SET used = used + 2 WHERE number = 2 AND used = 10"
        ) {
            $0 == .unbalanced(number: 2, sum: 2)
        },
        Fault("a balance with more used", "UPDATE quota_balances SET used = used + 1 WHERE used = 10") {
            $0 == .balance(used: 11, held: 4, replayedUsed: 10, replayedHeld: 4)
        },
        Fault("a balance with less held", "UPDATE quota_balances SET held = 1 WHERE held = 4") {
            $0 == .balance(used: 10, held: 1, replayedUsed: 10, replayedHeld: 4)
        },
        Fault("a hold that holds more", "UPDATE quota_holds SET amount = 5") { $0 == .holds(held: 4, sum: 5) },
        Fault("a hold that is gone", "DELETE FROM quota_holds") {
            if case .hold(_?, amount: 0, replayed: 4) = $0 { true } else { false }
        },
        Fault(
            "a hold that nobody took",
            """
            INSERT INTO quota_holds (hold, account, unit, period, amount, expires_at)
            SELECT account, account, unit, period, 1, NULL FROM quota_balances WHERE used = 10
            """
        ) { $0 == .holds(held: 4, sum: 5) },
        Fault("an entry that is missing", "DELETE FROM quota_entries WHERE number = 2 AND used = 10") {
            $0 == .outOfOrder(number: 3, expected: 2)
        },
        Fault("the last entry missing", "DELETE FROM quota_entries WHERE number = 3") {
            $0 == .count(kept: 3, replayed: 2)
        },
        Fault(
            "an entry put in",
            """
            INSERT INTO quota_entries (account, unit, period, number, available, held, used, correction, reason, created_at)
            SELECT account, unit, period, 4, -1, 0, 1, 0, 'commit', 0 FROM quota_balances WHERE used = 10
            """
        ) { $0 == .count(kept: 3, replayed: 4) },
        Fault(
            "entries that go below nothing",
            "UPDATE quota_entries SET used = -1, available = 11 WHERE number = 2 AND used = 10"
        ) { $0 == .negative(number: 2, used: -1, held: 0) },
        Fault(
            "a balance without entries", "DELETE FROM quota_entries WHERE used <> 10 OR number > 2",
            "DELETE FROM quota_entries"
        ) {
            $0 == .balance(used: 10, held: 4, replayedUsed: 0, replayedHeld: 0)
        },
        Fault("entries without a balance", "DELETE FROM quota_balances WHERE used = 1") {
            $0 == .balance(used: 0, held: 0, replayedUsed: 1, replayedHeld: 0)
        },
    ]
}

extension Till {
    /// Damages rows past every rule of theirs.
    fileprivate func plant(_ statements: SQL...) async throws { try await plant(statements) }

    fileprivate func plant(_ statements: [SQL]) async throws {
        try await database.write { session in
            try session.execute(
                FreshDatabase.postgresURL == nil
                    ? "PRAGMA ignore_check_constraints = ON"
                    : "ALTER TABLE quota_entries DROP CONSTRAINT quota_entries_sum")
            for statement in statements { try session.execute(statement) }
        }
    }
}
