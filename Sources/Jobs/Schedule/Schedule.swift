import Foundation
import Storage

/// A job that is enqueued again and again.
///
/// ```swift
/// let digest = try Schedule(
///     "daily digest", .cron("0 6 * * *", in: "Europe/Berlin"), enqueues: "digest.send", payload: ["list": "fans"])
/// ```
public struct Schedule: Equatable, Sendable {
    public static let longestName = 128

    /// Unique among all schedules of the database.
    public let name: String
    public let recurrence: Recurrence
    public let catchUp: CatchUp
    /// Which handler does the job.
    public let kind: String
    /// What the handler needs to know, as JSON. For which slot a job was enqueued is told by ``Schedules/run(of:in:)``.
    public let payload: [UInt8]
    public let queue: String
    public let priority: Int
    public let owner: AccountID?

    /// - Parameter name: 1…128 bytes, no control characters.
    /// - Throws: ``ScheduleError/invalidName(_:)``, ``JobQueueError/payloadTooLarge(bytes:)``, or what encoding throws.
    public init(
        _ name: String, _ recurrence: Recurrence, catchUp: CatchUp = .once, enqueues kind: String,
        payload: some Encodable = [String: String](), queue: String = "default", priority: Int = 0,
        owner: AccountID? = nil
    ) throws {
        guard (1...Self.longestName).contains(name.utf8.count), !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { throw ScheduleError.invalidName(CronError.quoted(name)) }
        let bytes = Array(try JSONEncoder().encode(payload))
        guard bytes.count <= NewJob.largestPayload else { throw JobQueueError.payloadTooLarge(bytes: bytes.count) }
        (self.name, self.recurrence, self.catchUp) = (name, recurrence, catchUp)
        (self.kind, self.payload, self.queue) = (kind, bytes, queue)
        (self.priority, self.owner) = (priority, owner)
    }
}

public enum ScheduleError: Error, Equatable, Sendable {
    case invalidName(String)
    case notFound(String)
    /// Another part of the program has a schedule of that name.
    case nameTaken(String, by: String)
    /// It was removed from the program.
    case disabled(String)
    /// Its row was written by a newer program, or is damaged.
    case unreadable(String, reason: String)
}

extension ScheduleError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidName(let name):
            "\(name) is no name for a schedule: use 1 to \(Schedule.longestName) bytes without control characters"
        case .notFound(let name):
            "no schedule '\(name)': list the schedules to see which there are"
        case .nameTaken(let name, let registrant):
            "the schedule '\(name)' belongs to '\(registrant)': choose another name, or take it out there first"
        case .disabled(let name):
            "the schedule '\(name)' is disabled, as the program no longer has it: register it again first"
        case .unreadable(let name, let reason):
            "the schedule '\(name)' cannot be read (\(reason)): run the newest program, or register it again"
        }
    }
}
