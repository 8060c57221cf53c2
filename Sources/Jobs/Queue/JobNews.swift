import Storage

/// What became of a job that is somebody's: another status, or how far it is.
public struct JobNews: Sendable {
    public let id: JobID
    public let kind: String
    public let owner: AccountID
    /// What the handler needs to know, as JSON.
    public let payload: [UInt8]
    public let status: JobStatus
    public let attempts: Int
    /// Why the last attempt failed, in words for the owner; nil where none has, and for a job that is completed.
    public let error: String?
    /// Nil when it is the status that is new.
    public let progress: JobProgress?

    /// Nil for the service's own.
    init?(_ job: Job, _ status: JobStatus? = nil, progress: JobProgress? = nil) {
        guard let owner = job.owner else { return nil }
        (id, kind, self.owner, payload) = (job.id, job.kind, owner, job.payload)
        (self.status, attempts, self.progress) = (status ?? job.course.state.status, job.course.attempts, progress)
        error = self.status == .completed ? nil : job.error
    }

    init?(_ job: NewJob) {
        guard let owner = job.owner else { return nil }
        (id, kind, self.owner, payload) = (job.id, job.kind, owner, job.payload)
        (status, attempts, error, progress) = (.pending, 0, nil, nil)
    }
}

/// Hears of jobs in the transaction that changes them: what it throws undoes the change.
///
/// News of several owners come in the order of these, so that what it locks for each is locked in one order by all.
public typealias JobObserver = @Sendable ([JobNews], any WriteSession) throws -> Void

extension JobQueue {
    /// - Parameter news: made only where somebody listens.
    func tell(_ news: () -> [JobNews?], in session: any WriteSession) throws {
        guard let observer else { return }
        let news = news().compactMap { $0 }
        guard !news.isEmpty else { return }
        try observer(news.sorted { ($0.owner.text, $0.id.text) < ($1.owner.text, $1.id.text) }, session)
    }
}
