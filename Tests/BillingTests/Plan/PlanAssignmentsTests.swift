import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct PlanAssignmentsTests {
    private let assignments = PlanAssignments()

    @Test func `an account has the plan it was given last, and others none`() async throws {
        let till = try await Till()
        let (account, now) = (till.account, till.clock.now())
        #expect(try await till.database.read { try assignments.assigned(to: account, in: $0) } == nil)
        for (plan, version, fixed) in [("free", 1, false), ("pro", 3, true), ("pro", 4, false)] {
            try await till.database.write {
                try assignments.assign(plan, version: version, fixed: fixed, to: account, at: now, in: $0)
            }
            let assigned = try await till.database.read { try assignments.assigned(to: account, in: $0) }
            #expect(assigned == AssignedPlan(plan, version: version, since: now, isFixed: fixed))
            #expect(try await till.database.read { try assignments.planName(of: account, in: $0) } == plan)
        }
        let other = AccountID.random()
        #expect(try await till.database.read { try assignments.planName(of: other, in: $0) } == nil)
        try await till.database.write { try assignments.remove(of: account, in: $0) }
        #expect(try await till.database.read { try assignments.assigned(to: account, in: $0) } == nil)
    }

    @Test func `plans that were given before there were versions are of the first`() async throws {
        let (database, account) = (try await FreshDatabase.make(), AccountID.random())
        let all = BillingSchema.migrations
        let first = MigrationSet(module: all.module, Array(all.migrations.prefix(1)))
        let then = moment("2026-11-21T10:00:00.000Z")
        try await database.migrate([first], at: then)
        _ = try await database.write {
            try $0.execute("INSERT INTO account_plans (account, plan, since) VALUES (\(account), 'pro', \(then))")
        }
        try await database.migrate([all], at: then)
        let assigned = try await database.read { try assignments.assigned(to: account, in: $0) }
        #expect(assigned == AssignedPlan("pro", version: 1, since: then))
    }
}
