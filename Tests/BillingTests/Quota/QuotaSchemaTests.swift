import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct QuotaSchemaTests {
    @Test func `what was counted before entries were is opened with, and goes on`() async throws {
        let database = try await FreshDatabase.make()
        let first = MigrationSet(module: "billing", Array(BillingSchema.migrations.migrations.prefix(2)))
        try await database.migrate([first], at: moment("2026-11-21T10:00:00.000Z"))
        let (account, other, holds) = (AccountID.random(), AccountID.random(), (0..<3).map { _ in HoldID.random() })
        try await database.write { session in
            try session.execute(
                """
                INSERT INTO quota_balances (account, unit, period, used, held)
                VALUES (\(account), 'uploads', '2026-11', 7, 3), (\(account), 'storage_bytes', 'all', 0, 50),
                    (\(account), 'uploads', '2026-10', 0, 0), (\(other), 'uploads', '2026-11', 2, 0)
                """)
            try session.execute(
                """
                INSERT INTO quota_holds (hold, account, unit, period, amount, expires_at)
                VALUES (\(holds[0]), \(account), 'uploads', '2026-11', 1, NULL),
                    (\(holds[1]), \(account), 'uploads', '2026-11', 2, 5),
                    (\(holds[2]), \(account), 'storage_bytes', 'all', 50, NULL)
                """)
        }
        let till = try await Till(database)
        let audit = try await till.verify()
        #expect(audit.differences == [])
        #expect((audit.entries, audit.balances, audit.holds) == (5, 4, 3))
        try await till.commit(holds[0])
        try await till.release(holds[2])
        _ = try await database.write { try till.ledger.releaseExpired(in: $0) }
        _ = try await till.reserve([(.uploads, 1)], on: Plan(), for: account)
        #expect(try await till.balance(.uploads, of: account).amounts == [8, 1])
        #expect(try await till.balance(.storageBytes, of: account).amounts == [0, 0])
        #expect(try await till.verify().differences == [])
    }

    @Test func `an entry that does not sum up to 0 is not taken by the tables`() async throws {
        let till = try await Till()
        await #expect(throws: DatabaseError.self) {
            try await till.database.write { session in
                try session.execute(
                    """
                    INSERT INTO quota_entries
                        (account, unit, period, number, available, held, used, correction, reason, created_at)
                    VALUES ('a', 'uploads', '2026-11', 1, -1, 2, 0, 0, 'reserve', 0)
                    """)
            }
        }
    }

    @Test func `what requests ask reads no whole table`() async throws {
        let till = try await Till()
        try await till.database.write { session in
            for number in 0..<2_000 {
                let (hold, account) = (HoldID.random(), AccountID.random())
                try till.ledger.reserve(
                    hold, [(.uploads, 1), (.storageBytes, 2)], for: account, under: Entitlement(Plan()),
                    expiresIn: .seconds(900 + number), in: session)
                if number.isMultiple(of: 2) { try till.ledger.commit(hold, in: session) }
            }
            try QueryPlan.analyze(session)
        }
        let plans = try await QueryPlan.all(on: till.database) { database in
            try await database.write { session in
                let (ledger, plan) = (till.ledger, Entitlement(Plan(storageBytes: 100)))
                let holds = (0..<3).map { _ in HoldID.random() }
                for hold in holds {
                    try ledger.reserve(
                        hold, [(.uploads, 1), (.storageBytes, 9)], for: till.account, under: plan, expiresIn: .zero,
                        in: session)
                }
                try ledger.adjust(holds[0], .storageBytes, to: 20, under: plan, in: session)
                try ledger.renew(holds[0], for: .seconds(60), in: session)
                try ledger.commit(holds[0], in: session)
                try ledger.release(holds[1], in: session)
                try ledger.free(5, of: .storageBytes, for: till.account, in: session)
                try ledger.releaseExpired(upTo: 10, in: session)
                _ = try ledger.balances(of: till.account, under: plan, in: session)
                _ = try ledger.hasHolds(till.account, in: session)
                _ = try ledger.isHeld(holds[2], in: session)
            }
        }
        #expect(plans.count >= 15)
        // The rows of a statement, which SQLite counts as a table of so many.
        for plan in plans { #expect(plan.wholeTables.allSatisfy { Int($0) != nil }, "\(plan)") }
    }
}
