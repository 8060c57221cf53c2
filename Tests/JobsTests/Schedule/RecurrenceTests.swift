import Jobs
import Storage
import Testing

@Suite struct RecurrenceTests {
    @Test func `an interval counts from its anchor, in both directions`() throws {
        let five = try Recurrence.every(.seconds(300))
        #expect(five.next(after: utc("2026-01-01T00:03:20Z")) == utc("2026-01-01T00:05:00Z"))
        #expect(five.next(after: utc("2026-01-01T00:05:00Z")) == utc("2026-01-01T00:10:00Z"))
        #expect(five.previous(before: utc("2026-01-01T00:05:00Z")) == utc("2026-01-01T00:00:00Z"))
        let mondays = try Recurrence.every(.seconds(7 * 86_400), from: utc("2026-01-05T06:00:00Z"))
        #expect(mondays.next(after: utc("2025-12-24T00:00:00Z")) == utc("2025-12-29T06:00:00Z"))
        #expect(mondays.previous(before: utc("2026-02-03T00:00:00Z")) == utc("2026-02-02T06:00:00Z"))
    }

    @Test(arguments: [0, -1, 31_622_401, .max])
    func `an interval that is too short or too long is refused`(seconds: Int64) {
        #expect(throws: RecurrenceError.self) { try Recurrence.every(.seconds(seconds)) }
    }

    @Test func `parts of seconds, and anchors outside the years 1970 to 9999, are refused`() {
        #expect(throws: RecurrenceError.interval("1.5 seconds")) { try Recurrence.every(.milliseconds(1500)) }
        let early = utc("1969-12-31T23:59:59Z")
        #expect(throws: RecurrenceError.anchor(early)) { try Recurrence.every(.seconds(60), from: early) }
    }

    @Test func `an interval meets the ends of time without harm`() throws {
        let yearly = try Recurrence.every(.seconds(31_622_400), from: utc("9999-12-31T00:00:00Z"))
        #expect(yearly.next(after: Timestamp(milliseconds: .max)) == nil)
        #expect(yearly.previous(before: Timestamp(milliseconds: .min)) == nil)
        #expect(yearly.next(after: utc("9999-12-31T00:00:00Z")) == nil)
        #expect(yearly.previous(before: Timestamp(milliseconds: .max)) == utc("9999-12-31T00:00:00Z"))
        let first = try #require(yearly.next(after: Timestamp(milliseconds: .min)))
        #expect(first >= utc("1970-01-01T00:00:00Z") && yearly.previous(before: first) == nil)
    }

    @Test(arguments: [
        "0 6 * * *", "CRON_TZ=Europe/Berlin */5 8-18 * * mon-fri", "@every 300s",
        "@every 604800s from 2026-01-05T06:00:00.000Z",
    ])
    func `a recurrence is what its text says`(text: String) throws {
        let recurrence = try Recurrence(parsing: text)
        #expect(recurrence.description == text)
        #expect(Recurrence(text) == recurrence)
    }

    @Test func `macros and needless spaces are written out`() throws {
        #expect(try Recurrence(parsing: "@daily").description == "0 0 * * *")
        #expect(try Recurrence(parsing: " 0  6 * * *").description == "0 6 * * *")
    }

    @Test(arguments: [
        "", "@every", "@every 5", "@every 5m", "@every s", "@every 5s from", "@every 5s from now", "@every 5s  from",
        "@every 99999999999999999999s", "CRON_TZ=Europe/Berlin", "CRON_TZ= 0 6 * * *", "CRON_TZ=Nowhere 0 6 * * *",
    ])
    func `a text that is no recurrence is refused`(text: String) {
        #expect(Recurrence(text) == nil)
        #expect(throws: (any Error).self) { try Recurrence(parsing: text) }
    }

    @Test func `of the slots between two times, the latest are given, oldest first`() throws {
        let hourly = try Recurrence.cron("@hourly")
        let (start, end) = (utc("2026-01-01T00:00:00Z"), utc("2026-01-01T05:00:00Z"))
        let all = hourly.slots(after: start, through: end, latest: 100)
        #expect(all == (1...5).map { start + .seconds(3600 * $0) })
        #expect(hourly.slots(after: start, through: end, latest: 2) == Array(all.suffix(2)))
        #expect(hourly.slots(after: end, through: start, latest: 2).isEmpty)
        #expect(hourly.slots(after: start, through: end, latest: 0).isEmpty)
    }
}
