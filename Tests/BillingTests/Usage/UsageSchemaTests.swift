import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct UsageSchemaTests {
    @Test func `what was noted before sums of days were goes into them`() async throws {
        let database = try await FreshDatabase.make()
        let first = MigrationSet(module: "billing", Array(BillingSchema.migrations.migrations.prefix(1)))
        try await database.migrate([first], at: moment("2026-11-21T10:00:00.000Z"))
        let account = AccountID.random()
        try await database.write { session in
            for (amount, time) in [
                (2.5, "2026-10-01T00:00:00.000Z"), (0.0004, "2026-11-20T23:59:59.999Z"),
                (1e30, "2026-11-21T00:00:00.000Z"),
            ] {
                try session.execute(
                    """
                    INSERT INTO usage_entries (id, account, job, feature, amount, cost_microusd, created_at)
                    VALUES (\(Identifier<UsageLog>.random()), \(account), NULL, 'analysis', \(amount), 38, \(moment(time)))
                    """)
            }
        }
        let meter = try await Meter(database: database, account: account)
        let expected = [
            "2026-10-01 analysis 2.500 x1 38", "2026-11-20 analysis 0.000 x1 38",
            "2026-11-21 analysis 9007199254740.992 x1 38",
        ]
        #expect(try await meter.lines("2026-10-01") == expected)
        #expect(try await meter.rollUp.run(on: database).entries == 3)
        #expect(try await meter.lines("2026-10-01") == expected)
        let entries = try await database.read { try meter.log.list(of: account, PageRequest(), in: $0).items }
        #expect(entries.map(\.amount) == [1e30, 0.0004, 2.5])
    }

    @Test func `a sum below zero is not taken by the tables`() async throws {
        let meter = try await Meter()
        for (amount, cost) in [(-1, 0), (0, -1)] {
            await #expect(throws: DatabaseError.self) {
                try await meter.database.write { session in
                    try session.execute(
                        """
                        INSERT INTO usage_days (account, day, feature, detail, amount, input_tokens, output_tokens, count,
                            cost_microusd, cost_rest)
                        VALUES (\(meter.account), 0, 'analysis', '', \(amount), 0, 0, 1, \(cost), 0)
                        """)
                }
            }
        }
    }
}
