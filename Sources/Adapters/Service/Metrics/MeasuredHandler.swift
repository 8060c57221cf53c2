import Jobs
import Storage

/// A handler whose attempts are timed.
struct MeasuredHandler: JobHandler {
    let handler: any JobHandler
    let metrics: MetricRegistry

    var kind: String { handler.kind }
    var policy: RetryPolicy? { handler.policy }

    func run(_ job: Job) async throws -> JobEffect {
        let started = ContinuousClock.now
        do {
            let effect = try await handler.run(job)
            metrics.observe(started.duration(to: .now), in: .jobDuration, kind, "ok")
            return effect
        } catch {
            metrics.observe(started.duration(to: .now), in: .jobDuration, kind, Self.outcome(of: error))
            throw error
        }
    }

    func abandoned(_ job: Job, in session: any WriteSession) throws { try handler.abandoned(job, in: session) }

    func replayed(_ job: Job, in session: any WriteSession) throws { try handler.replayed(job, in: session) }

    private static func outcome(of error: any Error) -> String {
        switch error {
        case let failure as JobFailure:
            switch failure.kind {
            case .passing: "passing"
            case .final: "final"
            case .crash: "crash"
            }
        case is CancellationError: "cancelled"
        default: "error"
        }
    }
}
