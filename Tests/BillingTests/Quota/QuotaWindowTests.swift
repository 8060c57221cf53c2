import Storage
import Testing

@testable import Billing

@Suite struct QuotaWindowTests {
    /// By billing period: from the 31st of January at noon to the 28th of February.
    private let paid = Entitlement(
        Plan(monthlyWindow: .billingPeriod),
        period: BillingPeriod(start: moment("2026-01-31T12:00:00.000Z"), end: moment("2026-02-28T12:00:00.000Z")))

    @Test(arguments: [
        ("2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.000Z", "2026-02-28T12:00:00.000Z"),
        ("2026-02-28T11:59:59.999Z", "2026-01-31T12:00:00.000Z", "2026-02-28T12:00:00.000Z"),
        // Before and after it, as when news of the next period is late.
        ("2026-01-31T11:59:59.999Z", "2026-01", "2026-02-01T00:00:00.000Z"),
        ("2026-02-28T12:00:00.000Z", "2026-02", "2026-03-01T00:00:00.000Z"),
    ])
    func `a month is what is paid for, where the plan says so`(now: String, name: String, reset: String) {
        for unit in [QuotaUnit.uploads, .analyses, .stemsSeconds, .aiCost] {
            let window = unit.window(at: moment(now), under: paid)
            #expect(window.name == name)
            #expect(window.resetsAt == moment(reset))
        }
    }

    @Test func `a plan that counts by calendar does so whatever is paid for`() {
        let entitlement = Entitlement(Plan(), period: paid.period)
        let now = moment("2026-02-01T00:00:00.000Z")
        #expect(QuotaUnit.uploads.window(at: now, under: entitlement).name == "2026-02")
        let unpaid = Entitlement(Plan(monthlyWindow: .billingPeriod))
        #expect(QuotaUnit.uploads.window(at: now, under: unpaid).name == "2026-02")
    }

    @Test(arguments: [
        ("2026-11-21T04:30:20.123Z", "2026-11", "2026-12-01T00:00:00.000Z"),
        ("2026-01-31T23:59:59.999Z", "2026-01", "2026-02-01T00:00:00.000Z"),
        ("2026-02-28T12:00:00.000Z", "2026-02", "2026-03-01T00:00:00.000Z"),
        ("2028-02-29T23:59:59.999Z", "2028-02", "2028-03-01T00:00:00.000Z"),
        ("2026-12-31T23:59:59.999Z", "2026-12", "2027-01-01T00:00:00.000Z"),
        ("2027-01-01T00:00:00.000Z", "2027-01", "2027-02-01T00:00:00.000Z"),
    ])
    func `a month is a calendar month in UTC`(now: String, period: String, reset: String) {
        for unit in [QuotaUnit.uploads, .analyses, .stemsSeconds, .aiCost] {
            let window = unit.window(at: moment(now), under: Entitlement(Plan()))
            #expect(window.name == period)
            #expect(window.resetsAt == moment(reset))
        }
    }

    @Test(arguments: [
        ("2026-11-21T23:59:59.999Z", "2026-11-21", "2026-11-22T00:00:00.000Z"),
        ("2026-11-22T00:00:00.000Z", "2026-11-22", "2026-11-23T00:00:00.000Z"),
        // A day of daylight saving time elsewhere has 24 hours here.
        ("2026-03-29T01:30:00.000Z", "2026-03-29", "2026-03-30T00:00:00.000Z"),
        ("2026-12-31T12:00:00.000Z", "2026-12-31", "2027-01-01T00:00:00.000Z"),
    ])
    func `a day ends at midnight in UTC`(now: String, period: String, reset: String) {
        let window = QuotaUnit.aiPrompts.window(at: moment(now), under: paid)
        #expect(window.name == period)
        #expect(window.resetsAt == moment(reset))
    }

    @Test func `what is stored has one period and no reset`() {
        for now in ["2026-11-21T00:00:00.000Z", "2031-01-01T00:00:00.000Z"] {
            let window = QuotaUnit.storageBytes.window(at: moment(now), under: paid)
            #expect(window.name == "all")
            #expect(window.resetsAt == nil)
        }
    }
}
