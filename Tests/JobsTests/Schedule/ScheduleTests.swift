import Storage
import Testing

@testable import Jobs

@Suite struct ScheduleTests {
    @Test(arguments: ["", "two\nlines", "zero\0", String(repeating: "x", count: 129)])
    func `a name that would spoil a list is refused`(name: String) throws {
        let hourly = try Recurrence.cron("@hourly")
        #expect(throws: ScheduleError.self) { try Schedule(name, hourly, enqueues: "tune") }
    }

    @Test func `a payload that no job may have is refused`() throws {
        let (hourly, payload) = (try Recurrence.cron("@hourly"), String(repeating: "x", count: NewJob.largestPayload))
        #expect(throws: JobQueueError.payloadTooLarge(bytes: NewJob.largestPayload + 2)) {
            try Schedule("big", hourly, enqueues: "tune", payload: payload)
        }
    }

    @Test(arguments: [.once, .skip(), .skip(olderThan: .seconds(5)), .all(), .all(limit: 7)] as [CatchUp])
    func `a way to catch up is what its text says`(catchUp: CatchUp) {
        #expect(CatchUp(catchUp.description) == catchUp)
    }

    @Test(arguments: ["", "never", "skip", "skip x", "all", "all many", "once more", "all 1 2"])
    func `a text that is no way to catch up is refused`(text: String) {
        #expect(CatchUp(text) == nil)
    }

    @Test func `nothing is due before the next slot, and what is decided on stays so`() throws {
        let hourly = try Recurrence.cron("@hourly")
        let (start, noon) = (utc("2026-01-01T11:30:00Z"), utc("2026-01-01T12:00:00Z"))
        for catchUp in [.once, .skip(), .all()] as [CatchUp] {
            let early = catchUp.due(hourly, after: start, at: noon - .milliseconds(1))
            #expect(early == DueSlots(settled: start, next: noon))
            let due = catchUp.due(hourly, after: start, at: noon)
            #expect(due == DueSlots(run: [noon], settled: noon, next: noon + .seconds(3600)))
            let behind = catchUp.due(hourly, after: noon, at: start)
            #expect(behind == DueSlots(settled: noon, next: noon + .seconds(3600)))
        }
    }

    @Test func `after the last slot of all there is none`() throws {
        let hourly = try Recurrence.cron("@hourly")
        let last = utc("9999-12-31T23:00:00Z")
        let due = CatchUp.once.due(hourly, after: last - .seconds(1), at: last)
        #expect(due == DueSlots(run: [last], settled: last, next: nil))
    }
}
