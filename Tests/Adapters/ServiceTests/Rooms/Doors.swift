import Synchronization

@testable import WaxwingService

/// Says in the middle of a test that nobody is let in any more.
final class Doors: Sendable {
    private let open = Mutex(true)

    var isOpen: Bool {
        get { open.withLock { $0 } }
        set { open.withLock { $0 = newValue } }
    }
}

extension EventPace {
    /// For callers who have no session: nobody asks for it.
    static let calm = EventPace(check: .seconds(3_600))
}
