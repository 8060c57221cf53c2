import Storage
import Testing

@testable import Billing

@Suite struct QuotaUnitTests {
    @Test(arguments: [
        ("2026-11-21T04:30:20.123Z", "2026-11", "2026-12-01T00:00:00.000Z"),
        ("2026-01-31T23:59:59.999Z", "2026-01", "2026-02-01T00:00:00.000Z"),
        ("2026-02-28T12:00:00.000Z", "2026-02", "2026-03-01T00:00:00.000Z"),
        ("2028-02-29T23:59:59.999Z", "2028-02", "2028-03-01T00:00:00.000Z"),
        ("2026-12-31T23:59:59.999Z", "2026-12", "2027-01-01T00:00:00.000Z"),
        ("2027-01-01T00:00:00.000Z", "2027-01", "2027-02-01T00:00:00.000Z"),
    ])
    func `a month is a calendar month in UTC`(now: String, period: String, reset: String) {
        for unit in [QuotaUnit.uploads, .analyses] {
            #expect(unit.period(at: moment(now)) == period)
            #expect(unit.reset(after: moment(now)) == moment(reset))
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
        #expect(QuotaUnit.aiPrompts.period(at: moment(now)) == period)
        #expect(QuotaUnit.aiPrompts.reset(after: moment(now)) == moment(reset))
    }

    @Test func `what is stored has one period and no reset`() {
        for now in ["2026-11-21T00:00:00.000Z", "2031-01-01T00:00:00.000Z"] {
            #expect(QuotaUnit.storageBytes.period(at: moment(now)) == "all")
            #expect(QuotaUnit.storageBytes.reset(after: moment(now)) == nil)
        }
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
