import Jobs
import Storage

public struct AcceptedUpload: Sendable, Equatable {
    public let job: JobID
    public let estimatedCompletion: Timestamp
}

/// Tells when an upload that was taken will be a sample.
struct UploadForecast: Sendable {
    let database: any Database
    let queue: JobQueue

    /// From how the queue stands; where that tells nothing yet, as the plan says, and not before the job may start.
    ///
    /// Asked once the upload is kept: what fails here fails no upload.
    func accepted(_ id: JobID, enqueuedAt: Timestamp, etaSeconds: Int) async -> AcceptedUpload {
        let queue = queue
        let found = try? await database.read { session in
            (job: try queue.find(id, in: session), estimate: try queue.estimate(of: id, in: session))
        }
        let promised = (found?.job?.createdAt ?? enqueuedAt) + .seconds(etaSeconds)
        let known = found?.job?.completedAt ?? found?.estimate?.completion
        return AcceptedUpload(
            job: id, estimatedCompletion: known ?? max(promised, found?.job?.earliestStart ?? promised))
    }
}

extension Job {
    /// Nil for one that waits for no time.
    fileprivate var earliestStart: Timestamp? {
        switch course.state {
        case .scheduled(let time), .retryable(let time): time
        case .ready, .leased, .succeeded, .cancelled, .dead: nil
        }
    }
}
