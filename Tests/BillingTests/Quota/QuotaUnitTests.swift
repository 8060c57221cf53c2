import Storage
import Testing

@testable import Billing

@Suite struct QuotaUnitTests {
    @Test func `limits are in the unit's own measure`() {
        let plan = Plan(aiBudgetCentsPerMonth: 3, stemsMinutesPerMonth: 2)
        #expect(QuotaUnit.stemsSeconds.limit(in: plan) == 120)
        #expect(QuotaUnit.aiCost.limit(in: plan) == 30_000)
        #expect(QuotaUnit.allCases.allSatisfy { $0.limit(in: Plan()) == nil })
    }

    @Test func `a limit too large to be counted is the largest there is`() {
        let plan = Plan(aiBudgetCentsPerMonth: .max, stemsMinutesPerMonth: .max / 2)
        #expect(QuotaUnit.stemsSeconds.limit(in: plan) == .max)
        #expect(QuotaUnit.aiCost.limit(in: plan) == .max)
    }

    @Test func `an excess says what is allowed, what is taken, and what helps`() {
        let uploads = QuotaExceeded(
            unit: .uploads, limit: 100, taken: 100, requested: 1, resetsAt: moment("2026-12-01T00:00:00.000Z"))
        #expect(
            uploads.description
                == "your plan allows 100 uploads this month, 100 are taken and this asks for 1: "
                + "wait until 2026-12-01T00:00:00.000Z, or change to a larger plan")
        let bytes = QuotaExceeded(unit: .storageBytes, limit: 10, taken: 9, requested: 2, resetsAt: nil)
        #expect(bytes.description.contains("delete samples"))
    }
}
