import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct PlanAssignmentsTests {
    @Test func `an account has the plan it was given last, and others none`() async throws {
        let till = try await Till()
        let assignments = PlanAssignments()
        let (account, now) = (till.account, till.clock.now())
        #expect(try await till.database.read { try assignments.planName(of: account, in: $0) } == nil)
        for plan in ["free", "pro"] {
            try await till.database.write { try assignments.assign(plan, to: account, at: now, in: $0) }
            #expect(try await till.database.read { try assignments.planName(of: account, in: $0) } == plan)
        }
        let other = AccountID.random()
        #expect(try await till.database.read { try assignments.planName(of: other, in: $0) } == nil)
    }
}
