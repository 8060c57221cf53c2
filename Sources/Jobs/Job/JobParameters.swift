import Storage

/// What a kind of job needs to know; makes jobs of a type's own.
///
/// ```swift
/// struct Welcome: JobParameters {
///     static let kind = "welcome"
///     let name: String
/// }
/// try await database.write { try queue.enqueue(Welcome(name: "Ada"), in: $0) }
/// ```
public protocol JobParameters: Codable, Sendable {
    /// Names the handler; kept with each job, so it should not change.
    static var kind: String { get }
    /// Where jobs of this kind wait, unless they are told otherwise.
    static var queue: String { get }
    /// Nil for the queue's own.
    static var policy: RetryPolicy? { get }
}

extension JobParameters {
    public static var queue: String { "default" }
    public static var policy: RetryPolicy? { nil }
}

extension NewJob {
    /// - Throws: ``JobQueueError/payloadTooLarge(bytes:)`` above 128 KiB: keep big data in the object store.
    public init<Parameters: JobParameters>(
        _ parameters: Parameters, queue: String = Parameters.queue, priority: Int = 0, owner: AccountID? = nil,
        runAt: Timestamp? = nil, unique uniqueness: JobUniqueness? = nil
    ) throws {
        try self.init(
            kind: Parameters.kind, payload: parameters, queue: queue, priority: priority, owner: owner, runAt: runAt,
            unique: uniqueness)
    }
}

extension JobQueue {
    /// - Parameter kinds: whose retry policies count.
    public init(
        _ database: any Database, kinds: [any JobParameters.Type], signals: any ChangeSignals = LocalSignals(),
        clock: any WallClock = SystemClock()
    ) {
        let own = kinds.compactMap { kind in kind.policy.map { (kind.kind, $0) } }
        let policies = Dictionary(own) { _, last in last }
        self.init(database, policies: policies, signals: signals, clock: clock)
    }

    /// As ``enqueue(_:in:)`` of a job with these parameters.
    @discardableResult
    public func enqueue(_ parameters: some JobParameters, in session: any WriteSession) throws -> JobID {
        try enqueue(NewJob(parameters), in: session)
    }
}
