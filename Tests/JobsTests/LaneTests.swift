import Jobs
import Storage
import Testing

@Suite struct LaneTests {
    private static let noon = Timestamp("2026-03-10T12:00:00Z")
    private let hour = Duration.seconds(3600)

    @Test func `who waits for nothing may start at once`() throws {
        let now = try #require(Self.noon)
        for spread in [0.0, 0.5, 1] {
            #expect(Lane("pro").start(at: now, spread: spread) == now)
            #expect(Lane("pro", quietHours: .standard).start(at: now, spread: spread) == now)
        }
        #expect(Lane("pro", delay: hour * -2...hour * -1).start(at: now) == now)
    }

    @Test func `a delay of one length is that, whatever the hour`() throws {
        let now = try #require(Self.noon)
        let lane = Lane("slow", delay: hour...hour, quietHours: .standard)
        #expect(lane.start(at: now, spread: 0.5) == now + hour)
    }

    @Test func `within a longer delay a job starts in the quiet hours`() throws {
        let now = try #require(Self.noon)
        let lane = Lane("free", delay: hour * 12...hour * 24, quietHours: .standard)
        #expect(lane.start(at: now, spread: 0) == Timestamp("2026-03-11T01:00:00Z"))
        #expect(lane.start(at: now, spread: 0.5) == Timestamp("2026-03-11T03:30:00Z"))
        // Whenever it comes, and wherever in its time it falls.
        for minute in stride(from: 0, to: 1440, by: 7) {
            let enqueued = now + .seconds(60 * minute)
            let start = lane.start(at: enqueued)
            #expect((enqueued + hour * 12...enqueued + hour * 24).contains(start))
        }
    }

    @Test func `without quiet hours a job starts as early as it may`() throws {
        let now = try #require(Self.noon)
        #expect(Lane("free", delay: hour * 12...hour * 24).start(at: now, spread: 0.9) == now + hour * 12)
    }
}
