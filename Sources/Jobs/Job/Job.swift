import Foundation
import Storage

/// A piece of work that is kept until it is done, as the queue knows it.
public struct Job: Sendable {
    public let id: Identifier<Job>
    /// Which handler does it.
    public let kind: String
    /// What the handler needs to know, as JSON.
    public let payload: [UInt8]
    public let queue: String
    /// Higher first, within a queue.
    public let priority: Int
    /// Whose job it is; nil for the service's own.
    public let owner: AccountID?
    public let course: JobCourse
    /// Why the last attempt failed, in words for the owner.
    public let error: String?
    public let createdAt: Timestamp
    /// When the latest attempt began.
    public let startedAt: Timestamp?
    public let completedAt: Timestamp?
    /// What the handler said last of how far it is.
    public let progress: JobProgress?
    /// What the handler left for whoever waits for the job, as JSON.
    public let result: [UInt8]?
    /// Of the request or the job that enqueued it, if that had one.
    public let trace: TraceContext?

    public func decodePayload<Payload: Decodable>(as type: Payload.Type = Payload.self) throws -> Payload {
        try JSONDecoder().decode(type, from: Data(payload))
    }
}

public typealias JobID = Identifier<Job>

/// A job to be enqueued.
public struct NewJob: Sendable {
    public static let largestPayload = 128 << 10

    public let id: JobID
    public let kind: String
    public let payload: [UInt8]
    public let queue: String
    public let priority: Int
    public let owner: AccountID?
    /// Not started before; nil for at once.
    public let runAt: Timestamp?
    /// Nil where any number of equal jobs may wait.
    public let uniqueness: JobUniqueness?

    /// - Throws: ``JobQueueError/payloadTooLarge(bytes:)`` above 128 KiB: keep big data in the object store.
    public init(
        id: JobID = .random(), kind: String, payload: some Encodable, queue: String = "default", priority: Int = 0,
        owner: AccountID? = nil, runAt: Timestamp? = nil, unique uniqueness: JobUniqueness? = nil
    ) throws {
        try self.init(
            id: id, kind: kind, json: Array(try JSONEncoder().encode(payload)), queue: queue, priority: priority,
            owner: owner, runAt: runAt, unique: uniqueness)
    }

    /// As the other, of a payload that is JSON already.
    public init(
        id: JobID = .random(), kind: String, json payload: [UInt8], queue: String = "default", priority: Int = 0,
        owner: AccountID? = nil, runAt: Timestamp? = nil, unique uniqueness: JobUniqueness? = nil
    ) throws(JobQueueError) {
        guard payload.count <= Self.largestPayload else { throw .payloadTooLarge(bytes: payload.count) }
        guard !payload.contains(0), String(validating: payload, as: UTF8.self) != nil else { throw .payloadNotText }
        (self.id, self.kind, self.payload, self.queue) = (id, kind, payload, queue)
        (self.priority, self.owner, self.runAt, self.uniqueness) = (priority, owner, runAt, uniqueness)
    }
}

/// What an owner sees of a job.
public enum JobStatus: String, Codable, Sendable, CaseIterable {
    case pending, processing, completed, failed, cancelled
}

public enum JobQueueError: Error, Equatable, Sendable {
    case payloadTooLarge(bytes: Int)
    case payloadNotText
    case resultTooLarge(bytes: Int)
    /// As many jobs wait in the queue as it may hold.
    case full(queue: String, capacity: Int)
    /// The queue ends: what waits in it is done, nothing new is taken.
    case draining(queue: String)
    case notFound(JobID)
    /// A job that is to be unique cannot run again beside the one that took its place.
    case replaced(JobID, by: JobID)
}

extension JobQueueError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .payloadTooLarge(let bytes):
            "a payload of \(bytes) bytes: at most \(NewJob.largestPayload) fit; keep the data in the object store"
        case .payloadNotText:
            "a payload that is no text: encode it as JSON in UTF-8"
        case .resultTooLarge(let bytes):
            "a result of \(bytes) bytes: at most \(NewJob.largestPayload) fit; keep the data in the object store"
        case .full(let queue, let capacity):
            "the queue '\(queue)' is full (\(capacity) jobs wait): try again when workers have caught up"
        case .draining(let queue):
            "the queue '\(queue)' takes no new jobs: use another, or resume it"
        case .notFound(let id):
            "no job \(id): list the jobs to see which there are"
        case .replaced(let id, let other):
            "the job \(id) is to be the only one of its kind, and \(other) has taken its place: wait for that, or cancel it"
        }
    }
}
