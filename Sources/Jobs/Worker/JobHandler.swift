import Storage

/// Does the jobs of one kind.
public protocol JobHandler: Sendable {
    var kind: String { get }

    /// For jobs of this kind, where the queue has none for it; nil for the queue's own.
    var policy: RetryPolicy? { get }

    /// Does the work, outside any transaction; it may be run again after a crash.
    ///
    /// - Returns: what to write. It is run in the transaction that ends the job, so it applies exactly once. Jobs that end at
    ///   once may share one; where it cannot be kept, effects are run again in another.
    /// - Throws: ``JobFailure`` to say how it failed; any other error is taken as one that may pass.
    func run(_ job: Job) async throws -> JobEffect

    /// Called in the transaction that ends a job without success: give back what was held for it.
    func abandoned(_ job: Job, in session: any WriteSession) throws

    /// Called in the transaction that gives a dead job its attempts again: hold once more what was given back.
    ///
    /// - Throws: to refuse that.
    func replayed(_ job: Job, in session: any WriteSession) throws
}

extension JobHandler {
    public var policy: RetryPolicy? { nil }

    public func abandoned(_ job: Job, in session: any WriteSession) throws {}

    public func replayed(_ job: Job, in session: any WriteSession) throws {}
}

public typealias JobEffect = @Sendable (any WriteSession) throws -> Void

/// How a job failed, in words for its owner.
public struct JobFailure: Error, Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// May pass: try again later.
        case passing
        /// Trying again cannot help.
        case final
        /// The process that did the work died.
        case crash
    }

    public let kind: Kind
    public let reason: String

    public init(_ kind: Kind, _ reason: String) {
        (self.kind, self.reason) = (kind, reason)
    }
}
