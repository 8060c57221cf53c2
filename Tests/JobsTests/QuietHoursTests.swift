import Jobs
import Storage
import Testing

@Suite struct QuietHoursTests {
    private func at(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    private func time(_ hours: QuietHours, after text: String, spread: Double) throws -> Timestamp {
        let now = try at(text)
        return hours.time(in: now + .seconds(12 * 3600)...now + .seconds(24 * 3600), spread: spread)
    }

    @Test func `what may wait is done in the quiet hours, spread over them`() throws {
        let hours = try #require(QuietHours(from: "01:00", to: "06:00"))
        for (spread, expected) in [(0, "01:00"), (0.5, "03:30"), (1, "06:00")] {
            #expect(try time(hours, after: "2026-03-10T12:00:00Z", spread: spread) == at("2026-03-11T\(expected):00Z"))
        }
        // Of five hours only the last two are far enough away.
        #expect(try time(hours, after: "2026-03-10T16:00:00Z", spread: 0) == at("2026-03-11T04:00:00Z"))
        #expect(try time(hours, after: "2026-03-10T16:00:00Z", spread: 0.5) == at("2026-03-11T05:00:00Z"))
    }

    @Test func `where no quiet hour is within the delay, it is as short as it may be`() throws {
        let hours = try #require(QuietHours(from: "01:00", to: "06:00"))
        #expect(try time(hours, after: "2026-03-10T18:00:00Z", spread: 0.7) == at("2026-03-11T06:00:00Z"))
    }

    @Test func `hours may go past midnight, and are those of a place`() throws {
        let hours = try #require(QuietHours(from: "23:00", to: "02:00", in: "America/New_York"))
        // 03:00 to 06:00 UTC in summer.
        #expect(try time(hours, after: "2026-07-10T12:00:00Z", spread: 0) == at("2026-07-11T03:00:00Z"))
        #expect(try time(hours, after: "2026-07-10T12:00:00Z", spread: 1) == at("2026-07-11T06:00:00Z"))
        #expect(try time(hours, after: "2026-01-10T12:00:00Z", spread: 0) == at("2026-01-11T04:00:00Z"))
    }

    @Test func `when clocks change, a night is an hour shorter or longer`() throws {
        let hours = try #require(QuietHours(from: "01:00", to: "06:00", in: "Europe/Amsterdam"))
        #expect(try time(hours, after: "2026-03-28T11:00:00Z", spread: 0) == at("2026-03-29T00:00:00Z"))
        #expect(try time(hours, after: "2026-03-28T11:00:00Z", spread: 1) == at("2026-03-29T04:00:00Z"))
        #expect(try time(hours, after: "2026-10-24T11:00:00Z", spread: 1) == at("2026-10-25T05:00:00Z"))
        let lost = try #require(QuietHours(from: "02:30", to: "04:00", in: "Europe/Amsterdam"))
        let start = try time(lost, after: "2026-03-28T12:00:00Z", spread: 0)
        #expect(try (at("2026-03-29T01:00:00Z")...at("2026-03-29T01:30:00Z")).contains(start))
    }

    @Test(arguments: [
        ("1:00", "06:00", "UTC"), ("24:00", "06:00", "UTC"), ("01:60", "06:00", "UTC"), ("01:00", "", "UTC"),
        ("01:00", "01:00", "UTC"), ("01:00", "06:00", "Mars/Olympus"), ("-1:00", "06:00", "UTC"),
    ])
    func `hours or zones that are none are refused`(start: String, end: String, zone: String) {
        #expect(QuietHours(from: start, to: end, in: zone) == nil)
    }

    @Test func `hours are written as from, to and a zone, in UTC without one`() {
        let hours = QuietHours(from: "23:00", to: "02:00", in: "America/New_York")
        #expect(hours != nil && QuietHours("23:00-02:00 America/New_York") == hours)
        #expect(QuietHours("01:00-06:00") == .standard)
        #expect(QuietHours("01:00-06:00 UTC") == QuietHours(from: "01:00", to: "06:00", in: "UTC"))
    }

    @Test(arguments: [
        "", " ", "night", "01:00", "01:00-", "-06:00", "01:00-06:00-", "01:00 - 06:00", "01:00-06:00 ", " 01:00-06:00",
        "01:00-06:00 Mars/Olympus", "01:00-06:00 Europe/Amsterdam x", "1:00-6:00", "01:00-01:00",
    ])
    func `what is written otherwise is refused`(text: String) {
        #expect(QuietHours(text) == nil)
    }
}
