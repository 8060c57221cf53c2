import Storage
import Synchronization

/// A clock the check turns.
package final class JobClock: WallClock {
    private let time: Mutex<Timestamp>

    package init(_ start: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)) {
        time = Mutex(start)
    }

    package func now() -> Timestamp { time.withLock { $0 } }

    /// May go backwards, as the clocks of machines do.
    package func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}
