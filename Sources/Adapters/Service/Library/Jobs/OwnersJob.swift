import Jobs
import Storage

/// Does jobs that their owner asked for, and so may stop and try again. Others are the service's own business.
protocol OwnersJob: JobHandler {
    /// Whether a dead job can come to anything when it is tried again.
    func isWorthReplaying(_ job: Job, in session: any ReadSession) throws -> Bool
}

extension OwnersJob {
    func isWorthReplaying(_ job: Job, in session: any ReadSession) throws -> Bool { true }
}

extension AnalyzeUpload: OwnersJob {
    func isWorthReplaying(_ job: Job, in session: any ReadSession) throws -> Bool {
        try UploadReplay.isWorthIt(job, queue, in: session)
    }
}
