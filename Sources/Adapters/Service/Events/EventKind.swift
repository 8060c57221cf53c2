import Jobs

/// What an account's devices are told of. `Docs/Events.md` shows each.
public enum EventKind: String, CaseIterable, Sendable {
    case jobPending = "job.pending"
    case jobProcessing = "job.processing"
    case jobCompleted = "job.completed"
    case jobFailed = "job.failed"
    case jobCancelled = "job.cancelled"
    case jobProgress = "job.progress"
    case sampleAdded = "sample.added"
    case sampleChanged = "sample.changed"
    case sampleHidden = "sample.hidden"
    case sampleRestored = "sample.restored"
    /// For good.
    case sampleRemoved = "sample.removed"
    case subscriptionChanged = "subscription.changed"
    case quotaReached = "quota.reached"
    /// The first thing that a follower hears; not kept.
    case hello
    /// Some events are gone: read the present state again; not kept.
    case reset

    init(_ status: JobStatus) {
        self =
            switch status {
            case .pending: .jobPending
            case .processing: .jobProcessing
            case .completed: .jobCompleted
            case .failed: .jobFailed
            case .cancelled: .jobCancelled
            }
    }
}
