import ArgumentParser
import Jobs
import Storage
import WaxwingService

/// `waxwing jobs`: what the service has to do, without the service.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "See what the service has to do, and step in.",
        discussion: """
            Takes the same environment as 'waxwing serve', which may run meanwhile. With --server, 'ls', 'show', 'retry' and
            'cancel' ask a service about one's own jobs instead.

            Examples:
              waxwing jobs stats
              waxwing jobs ls --state dead
              waxwing jobs show 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11
              waxwing jobs pause free
              waxwing jobs ls --server https://sounds.example.com
            """.reflowed,
        subcommands: [
            JobsList.self, JobsShow.self, JobsRetry.self, JobsCancel.self, JobsDead.self, JobsReplay.self,
            JobsPause.self, JobsResume.self, JobsDrain.self, JobsStats.self,
        ])
}

extension OperatedService {
    /// The queue of a service, which must be there.
    static func queue(_ settings: Settings? = nil) async throws -> (queue: JobQueue, database: any Database) {
        let settings = try settings ?? Settings()
        let service = try await OperatedService.open(settings, for: .reading)
        return (JobQueue(service.database, signals: try DataPlaces(settings).signals()), service.database)
    }

    /// The same, for a queue that the service serves, or that has jobs or settings.
    static func queue(called name: String) async throws -> (queue: JobQueue, database: any Database) {
        let settings = try Settings()
        let (queue, database) = try await queue(settings)
        let present = try await database.read { try queue.statistics(in: $0) }.map(\.queue)
        let known = Set(present + UseCases.queues(of: settings.plans)).sorted()
        guard known.contains(name) else {
            let names = known.map(\.printable).joined(separator: ", ")
            throw ValidationError("no queue is called '\(name.printable)': there are \(names)")
        }
        return (queue, database)
    }
}

extension Identifier: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}

/// One job or more.
struct JobArguments: ParsableArguments {
    @Argument(help: "Jobs, by the names that 'waxwing jobs ls' shows.")
    var jobs: [JobID]

    @OptionGroup var answer: AnswerOptions

    /// Does something to each by itself: what one refuses keeps none of the others from it.
    func each(_ body: (JobID) async throws -> String) async throws {
        var (outcomes, hasFailed): ([Outcome], Bool) = ([], false)
        for job in jobs {
            do {
                let outcome = Outcome(id: job.text, outcome: try await body(job))
                outcomes.append(outcome)
                if !answer.json { write("\(outcome.id)  \(outcome.outcome)\n") }
            } catch let error as InvalidTransition {
                hasFailed = true
                FileProblem(path: "\(job)", reason: "it is \(JobFilter.State(error.state)): there is nothing to do")
                    .report()
            } catch let error as JobQueueError {
                hasFailed = true
                FileProblem(path: "\(job)", reason: "\(error)").report()
            } catch let error as ServiceError {
                hasFailed = true
                FileProblem(path: "\(job)", reason: "\(error)").report()
            }
        }
        if answer.json { JSONOutput.print(outcomes) }
        if hasFailed { throw ExitCode.someFailed }
    }

    /// As the other, with what the service holds for jobs.
    func eachOnBoard(_ body: (JobBoard, JobID) async throws -> String) async throws {
        let settings = try Settings()
        let places = DataPlaces(settings)
        try places.checkExists()
        let lock = try places.lockForWorker()
        defer { withExtendedLifetime(lock) {} }
        let board = try await Assembly(settings, places).useCases.jobs
        try await each { try await body(board, $0) }
    }
}

struct JobsRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Do jobs at once that wait for their time.",
        discussion: """
            Those that failed and wait for their next attempt, and those that were enqueued for later. A dead job is
            replayed instead. With --server: one's own jobs that have failed are done again.

            Examples:
              waxwing jobs retry 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11
              waxwing jobs retry 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11 --server https://sounds.example.com
            """.reflowed)

    @OptionGroup var arguments: JobArguments
    @OptionGroup var remote: RemoteOptions

    func run() async throws {
        if remote.server != nil { return try await RemoteJobs(remote: remote).each(arguments, .retry) }
        let (queue, database) = try await OperatedService.queue()
        try await arguments.each { id in
            let job = try await database.write { try queue.hurry(id, in: $0) }
            return "\(JobFilter.State(job.course.state))"
        }
    }
}

struct JobsReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Give dead jobs all their attempts again.",
        discussion: """
            An upload counts against its owner's quota again. Its file is kept for a week, unless it was refused or made the
            analysis crash.

            Examples:
              waxwing jobs replay 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11
              waxwing jobs ls --state dead --queue pro --ids | xargs waxwing jobs replay
            """.reflowed)

    @OptionGroup var arguments: JobArguments

    func run() async throws {
        try await arguments.eachOnBoard { board, id in try await board.replay(id).status.rawValue }
    }
}

struct JobsCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End jobs that wait, and stop those that run.",
        discussion: """
            What was held for them, as an owner's quota, is given back. A job that runs is told within a few seconds.

            Examples:
              waxwing jobs cancel 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11
              waxwing jobs cancel 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11 --server https://sounds.example.com
            """.reflowed)

    @OptionGroup var arguments: JobArguments
    @OptionGroup var remote: RemoteOptions

    func run() async throws {
        if remote.server != nil { return try await RemoteJobs(remote: remote).each(arguments, .cancel) }
        try await arguments.eachOnBoard { board, id in
            let status = try await board.cancel(id).status
            return status == .processing ? "is asked to stop" : status.rawValue
        }
    }
}
