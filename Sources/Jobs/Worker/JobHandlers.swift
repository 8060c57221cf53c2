import Storage

/// The handlers of a program, by the kinds of jobs they do.
public struct JobHandlers: Sendable {
    private let handlers: [String: any JobHandler]

    public init(_ handlers: [any JobHandler] = []) {
        self.handlers = Dictionary(handlers.map { ($0.kind, $0) }) { _, last in last }
    }

    public var kinds: Set<String> { Set(handlers.keys) }

    public subscript(kind: String) -> (any JobHandler)? { handlers[kind] }

    /// Gives back what was held for a job, if it has ended without success.
    func abandon(_ job: Job, in session: any WriteSession) throws {
        guard job.course.state.isFinal, job.course.state != .succeeded else { return }
        try handlers[job.kind]?.abandoned(job, in: session)
    }

    /// Holds once more what was given back for a job that has its attempts again.
    func replay(_ job: Job, in session: any WriteSession) throws {
        try handlers[job.kind]?.replayed(job, in: session)
    }

    var policies: [String: RetryPolicy] { handlers.compactMapValues(\.policy) }
}
