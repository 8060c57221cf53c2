import Jobs
import Storage
import Testing

/// What ``Schedules`` promises on every database.
///
/// A check takes an empty database with the tables of ``JobSchema`` and ``ScheduleSchema``, and turns its own clock.
public struct SchedulePromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    public let check: @Sendable (any Database) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (ScheduleBench) async throws -> Void) {
        testDescription = promise
        self.check = { try await check(ScheduleBench($0)) }
    }

    public static let all = claiming + catchingUp + clocks + registering + byHand + reading
}
