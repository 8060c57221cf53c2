import Jobs
import Storage
import Testing

/// What ``JobQueue`` promises on every database.
///
/// A check takes an empty database with the tables of ``JobSchema``, and turns its own clock.
public struct JobQueuePromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    public let check: @Sendable (any Database) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (any Database) async throws -> Void) {
        (testDescription, self.check) = (promise, check)
    }

    public static let all =
        enqueueing + claiming + many + turns + unique + leasing + fencing + failing + cancelling + reading + settings
        + care + results + estimates
}
