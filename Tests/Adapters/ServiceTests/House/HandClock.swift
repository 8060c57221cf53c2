import Storage
import Synchronization

/// A clock the test turns.
final class HandClock: WallClock {
    private let time = Mutex(Timestamp(milliseconds: 1_800_000_000_123))

    func now() -> Timestamp { time.withLock { $0 } }

    func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}
