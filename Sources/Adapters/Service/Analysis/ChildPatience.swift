import Foundation

/// How long a child is waited for: its time by the clock, and on a machine that does much else, as long as it goes on and has
/// not had that time of a processor.
struct ChildPatience {
    /// Of the time: who had less of a processor meanwhile does not compute. So there is an end for everybody.
    private static let least = 1.0 / 50
    /// Of the time, too: no machine gives a processor to one process alone.
    private static let whole = 0.9

    private let id: pid_t
    private let time: Duration
    private let begin: Duration?
    /// Of the stretch that is waited for.
    private var end: ContinuousClock.Instant
    private var used: Duration?

    /// - Parameter time: what its work may take.
    init(with id: pid_t, for time: Duration) {
        (self.id, self.time, end) = (id, time, .now + time)
        begin = Self.processorTime(of: id)
        used = begin
    }

    /// What is left to wait now; nil when it has had its time, or hangs.
    mutating func left() -> Duration? {
        let left = ContinuousClock.now.duration(to: end)
        if left > .zero { return left }
        guard let begin, let used, let now = Self.processorTime(of: id), now - begin < time * Self.whole,
            now - used > time * Self.least
        else { return nil }
        (end, self.used) = (.now + time, now)
        return time
    }

    /// Nil where the system does not tell it of others: there is the clock alone.
    static func processorTime(of id: pid_t) -> Duration? {
        #if os(Linux)
        var (clock, time) = (clockid_t(), timespec())
        guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        #else
        return nil
        #endif
    }
}
