import Jobs
import Storage
import Testing

@Suite struct CronExpressionTests {
    @Test(arguments: [
        ("0 12 * * MON-Fri", "0 12 * * 1-5"), ("0 0 1 Jan,JUL *", "0 0 1 1,7 *"), ("0 0 * * fri-sun", "0 0 * * 5-7"),
        ("0 0 * * 7", "0 0 * * sun"), ("00 07 * * *", "0 7 * * *"), ("  0\t7  * * * ", "0 7 * * *"),
        ("0 0 * * 0-7", "0 0 * * 0-6"), ("0 0 * * 6-7", "0 0 * * 0,6"),
    ])
    func `spellings of one thing have the same slots`(one: String, other: String) throws {
        let (one, other) = (try CronExpression(one), try CronExpression(other))
        var moment = utc("2026-01-01T00:00:00Z")
        for _ in 0..<20 {
            let next = try #require(one.next(after: moment))
            #expect(other.next(after: moment) == next)
            moment = next
        }
    }

    @Test(arguments: [
        ("61 * * * *", #""61" is not allowed as minute: use 0 to 59, '*', ranges"#),
        ("* 24-26 * * *", #""24-26" is not allowed as hour: use 0 to 23, '*'"#),
        ("* * * foo *", #""foo" is not allowed as month: use 1 to 12, names as 'feb'"#),
        ("* * * * mon,tuesday", #""tuesday" is not allowed as day of week: use 0 to 7, names as 'mon'"#),
        ("30-5 * * * *", #"the range "30-5" of the minute runs backwards"#),
        ("*/90 * * * *", #"the step in "*/90" of the minute is not allowed: write 1 to 59"#),
        ("5/15 * * * *", #"the step in "5/15" of the minute is not allowed: write 1 to 59 after '*/' or a range"#),
        ("* * * *", "4 fields where cron has five: minute, hour, day of month, month, day of week"),
        ("* * * * * *", "6 fields where cron has five"),
        ("@reboot", #""@reboot" is unknown: use @annually, @daily,"#),
        ("0 0 30 feb *", #""0 0 30 feb *" means no day of any year"#),
    ])
    func `an error names the field, what was found, and what is allowed`(text: String, sentence: String) {
        do throws(CronError) {
            _ = try CronExpression(text)
            Issue.record("'\(text)' was taken")
        } catch {
            #expect("\(error)".hasPrefix(sentence), "\(error)")
        }
    }

    @Test func `an error shows no more than the beginning of a long text`() {
        let long = String(repeating: "9", count: 100_000)
        do throws(CronError) {
            _ = try CronExpression("\(long) * * * *")
            Issue.record("a very long number was taken")
        } catch {
            #expect("\(error)".count < 250)
        }
    }

    @Test(arguments: ["Mars/Olympus", "", "Europe/Berlin ", "../etc/passwd"])
    func `an unknown time zone is refused by name`(zone: String) {
        #expect(throws: CronError.unknownTimeZone(zone.debugDescription)) { try CronExpression("* * * * *", in: zone) }
    }

    @Test func `both days given, one is enough; one of them beginning with a star, both are needed`() throws {
        // 13 March 2026 is a Friday.
        #expect(try next("0 0 14 * 5", after: "2026-03-13T00:00:00Z") == "2026-03-14T00:00:00.000Z")
        #expect(try next("0 0 14 * 5", after: "2026-03-14T00:00:00Z") == "2026-03-20T00:00:00.000Z")
        #expect(try next("0 0 */2 * 5", after: "2026-03-13T00:00:00Z") == "2026-03-27T00:00:00.000Z")
        #expect(try next("0 0 13 * */5", after: "2026-03-01T00:00:00Z") == "2026-03-13T00:00:00.000Z")
    }

    @Test func `an expression that follows the clock keeps its pace when an hour comes twice, and when one is skipped`()
        throws
    {
        let cron = try CronExpression("*/30 * * * *", in: "Europe/Berlin")
        let twice = slots(of: cron, after: "2025-10-26T00:00:00Z", count: 4)
        #expect(twice == ["00:30", "01:00", "01:30", "02:00"].map { "2025-10-26T\($0):00.000Z" })
        let skipped = slots(of: cron, after: "2025-03-30T00:00:00Z", count: 4)
        #expect(skipped == ["00:30", "01:00", "01:30", "02:00"].map { "2025-03-30T\($0):00.000Z" })
        // Half past two does not come on that day.
        let atTwo = try CronExpression("*/30 2 * * *", in: "Europe/Berlin")
        #expect(slots(of: atTwo, after: "2025-03-29T12:00:00Z", count: 1) == ["2025-03-31T00:00:00.000Z"])
    }

    @Test func `several fixed times in one gap have one slot`() throws {
        let cron = try CronExpression("0,20,40 2,3 * * *", in: "Europe/Berlin")
        let found = slots(of: cron, after: "2025-03-29T12:00:00Z", count: 4)
        #expect(found == ["01:00", "01:20", "01:40"].map { "2025-03-30T\($0):00.000Z" } + ["2025-03-31T00:00:00.000Z"])
    }

    @Test func `a day that a land left out has its slot at the first instant of the next`() throws {
        let cron = try CronExpression("30 18 30 12 *", in: "Pacific/Apia")
        #expect(slots(of: cron, after: "2011-01-01T00:00:00Z", count: 1) == ["2011-12-30T10:00:00.000Z"])
    }

    @Test func `a slot can be years away`() throws {
        #expect(try next("0 0 29 2 *", after: "2096-03-01T00:00:00Z") == "2104-02-29T00:00:00.000Z")
        let sundays = try CronExpression("0 0 29 2 */7")
        #expect(slots(of: sundays, after: "2088-03-01T00:00:00Z", count: 1) == ["2128-02-29T00:00:00.000Z"])
        #expect(sundays.previous(before: utc("2128-02-29T00:00:00Z")) == utc("2088-02-29T00:00:00Z"))
    }

    @Test(arguments: ["* * * * *", "0 0 29 2 *", "@yearly"], ["UTC", "Europe/Berlin", "Pacific/Kiritimati"])
    func `the ends of time are met without harm`(text: String, zone: String) throws {
        let cron = try CronExpression(text, in: zone)
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(cron.next(after: last) == nil)
        #expect(cron.previous(before: first) == nil)
        let early = try #require(cron.next(after: first))
        let late = try #require(cron.previous(before: last))
        #expect(early >= utc("1970-01-01T00:00:00Z") && early < utc("1972-03-01T00:00:00Z"))
        #expect(late < utc("9999-12-31T23:59:59Z") && late > utc("9996-02-27T00:00:00Z"))
        #expect(cron.previous(before: early) == nil)
        #expect(cron.next(after: late) == nil)
    }

    @Test func `a slot is not its own next or previous, to the millisecond`() throws {
        let (cron, slot) = (try CronExpression("0 0 * * *"), utc("2026-05-05T00:00:00Z"))
        #expect(cron.next(after: slot - .milliseconds(1)) == slot)
        #expect(cron.next(after: slot) == utc("2026-05-06T00:00:00Z"))
        #expect(cron.previous(before: slot + .milliseconds(1)) == slot)
        #expect(cron.previous(before: slot) == utc("2026-05-04T00:00:00Z"))
    }

    private func next(_ text: String, after moment: String) throws -> String? {
        slots(of: try CronExpression(text), after: moment, count: 1).first
    }

    private func slots(of cron: CronExpression, after start: String, count: Int) -> [String] {
        var (slots, last) = ([String](), utc(start))
        while slots.count < count, let slot = cron.next(after: last) {
            slots.append("\(slot)")
            last = slot
        }
        return slots
    }
}

/// The moment that a test writes down.
func utc(_ text: String) -> Timestamp {
    guard let moment = Timestamp(text) else { preconditionFailure("'\(text)' is no RFC 3339 time in UTC") }
    return moment
}
