import Storage

/// Looks after runs: mends those that lost their job, and forgets those that ended long ago.
///
/// ```swift
/// let worker = Worker(…, handlers: [workflows.handler(Onboarding(…)), WorkflowUpkeep(workflows)], …)
/// let scheduler = Scheduler(…, registering: try WorkflowUpkeep.schedules(), by: "library", …)
/// ```
public struct WorkflowUpkeep: JobHandler {
    public static let kind = "workflow upkeep"

    /// How long runs are kept after their end unless somebody says otherwise: 90 days.
    public static let usualRetention = Duration.seconds(90 * 86_400)

    private struct Errand: Codable {
        /// Looks at all that is open instead of what happened lately.
        let isThorough: Bool
    }

    private let workflows: Workflows
    private let keepsRuns: Duration

    /// - Parameter keepsRuns: runs that ended longer ago are forgotten, and their keys with them.
    public init(_ workflows: Workflows, keepsRuns: Duration = WorkflowUpkeep.usualRetention) {
        (self.workflows, self.keepsRuns) = (workflows, keepsRuns)
    }

    public var kind: String { Self.kind }

    /// A short look every five minutes, and a thorough one a day.
    ///
    /// - Parameter queue: of the jobs.
    public static func schedules(queue: String = "default") throws -> [Schedule] {
        [
            try Schedule(
                kind, .every(.seconds(300)), enqueues: kind, payload: Errand(isThorough: false), queue: queue),
            try Schedule(
                "\(kind), thorough", .cron("17 3 * * *"), enqueues: kind, payload: Errand(isThorough: true),
                queue: queue),
        ]
    }

    public func run(_ job: Job) async throws -> JobEffect {
        guard let errand = try? job.decodePayload(as: Errand.self) else {
            throw JobFailure(.final, "the job does not say how thoroughly to look")
        }
        if errand.isThorough {
            try await workflows.recoverAll()
            try await forget()
        } else {
            try await workflows.recover(jobsEndedSince: workflows.queue.clock.now() - Self.lookBack)
        }
        return { _ in }
    }

    /// A few times the distance of the looks: what a stop of the upkeep leaves out is found by the thorough one.
    private static let lookBack = Duration.seconds(1_800)

    private func forget() async throws {
        let moment = workflows.queue.clock.now() - keepsRuns
        let (workflows, limit) = (workflows, 1000)
        var count = limit
        while count == limit {
            count = try await workflows.queue.database.write {
                try workflows.forget(endedBefore: moment, limit: limit, in: $0)
            }
        }
    }
}
