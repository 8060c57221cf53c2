import Storage
import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: WallClock {
    private let moment: Mutex<Timestamp>

    /// - Parameter start: 2026-01-01T00:00:00.000Z unless given.
    public init(_ start: Timestamp = Timestamp(milliseconds: 1_767_225_600_000)) {
        moment = Mutex(start)
    }

    public func now() -> Timestamp {
        moment.withLock { $0 }
    }

    /// - Parameter duration: negative to go back, as the clocks of machines do.
    public func advance(by duration: Duration) {
        moment.withLock { $0 = $0 + duration }
    }

    public func turn(to time: Timestamp) {
        moment.withLock { $0 = time }
    }
}
