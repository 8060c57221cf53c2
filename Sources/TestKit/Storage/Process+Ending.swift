import Foundation
import Storage
import Synchronization

extension Process {
    private static let starting = Mutex(())

    /// Starts it while no other is started: a child would hold open what Foundation has just opened for another, and that
    /// one's end is not seen.
    package func start() throws {
        try Self.starting.withLock { _ in try run() }
    }

    /// Waits for its end, not on the threads of the tests, which are as few as processors.
    ///
    /// - Returns: the exit status.
    @discardableResult
    package func end() async -> Int32 {
        await blocking { () throws(Never) in
            self.waitUntilExit()
            return self.terminationStatus
        }
    }
}
