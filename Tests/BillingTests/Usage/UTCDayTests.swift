import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct UTCDayTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", 0), ("1970-01-01T23:59:59.999Z", 0), ("1970-01-02T00:00:00.000Z", 1),
        ("1969-12-31T23:59:59.999Z", -1), ("2026-11-21T23:59:59.999Z", 20_778), ("2026-11-22T00:00:00.000Z", 20_779),
    ])
    func `a day is from midnight until before midnight`(now: String, number: Int64) {
        #expect(UTCDay(moment(now)).number == number)
    }

    @Test func `a day is written as the calendar has it, and read again`() {
        #expect(day("2028-02-29").description == "2028-02-29")
        #expect(day("2028-02-29").advanced(by: 1).description == "2028-03-01")
        #expect(day("2026-11-21").start == moment("2026-11-21T00:00:00.000Z"))
        for text in ["2026-02-29", "2026-13-01", "2026-11-2", "2026-11-21T", "", "20261121", "२०२६-११-२१"] {
            #expect(UTCDay(text) == nil, "\(text)")
        }
    }

    @Test func `a day beyond the range stays at its end`() {
        for number in [Int64.min, .max] {
            let far = UTCDay(number: number)
            #expect(far.start == Timestamp(milliseconds: number))
            #expect(far.advanced(by: number) == far)
            #expect(UTCDay(Timestamp(milliseconds: number)).advanced(by: 0).number.signum() == number.signum())
        }
    }

    @Test(arguments: [
        ("2026-11-30T23:59:59.999Z", "2026-11", "2026-11-01", "2026-11-30"),
        ("2026-12-01T00:00:00.000Z", "2026-12", "2026-12-01", "2026-12-31"),
        ("2028-02-01T00:00:00.000Z", "2028-02", "2028-02-01", "2028-02-29"),
        ("2026-02-28T12:00:00.000Z", "2026-02", "2026-02-01", "2026-02-28"),
    ])
    func `a month has the days of the calendar`(now: String, name: String, first: String, last: String) {
        let month = UTCMonth(moment(now))
        #expect(month.description == name)
        #expect(month.days == day(first)...day(last))
        #expect(UTCMonth(name) == month)
    }

    @Test(arguments: ["2026", "2026-13", "2026-00", "2026-11-01", ""])
    func `what is no month is none`(text: String) {
        #expect(UTCMonth(text) == nil)
    }
}
