import ArgumentParser
import Auth
import Jobs
import Storage

extension JobFilter.State: ExpressibleByArgument {
    /// Named as the commands show them.
    public init?(argument: String) {
        guard let state = Self.allCases.first(where: { "\($0)" == argument }) else { return nil }
        self = state
    }

    public static var allValueStrings: [String] { allCases.map { "\($0)" } }
}

struct JobsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List jobs, the newest first.",
        discussion: """
            Examples:
              waxwing jobs ls
              waxwing jobs ls --state running
              waxwing jobs ls --kind analyze --limit 200 --json
              waxwing jobs ls --server https://sounds.example.com --status failed
            """.reflowed)

    @Option(help: "Only jobs that stand so.")
    var state: JobFilter.State?

    @Option(help: "Only jobs of this queue.")
    var queue: String?

    @Option(help: "Only jobs of this kind.")
    var kind: String?

    @Option(help: "Only jobs that stand so at the service that --server names.")
    var status: JobStatus?

    @OptionGroup var output: JobListOptions
    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        if remote.server == nil {
            guard status == nil else { throw ValidationError("--status goes with --server; without it, it is --state") }
        } else if state != nil || queue != nil {
            throw ValidationError("--state and --queue are the operator's: with --server it is --status")
        }
    }

    func run() async throws {
        if remote.server != nil { return try await RemoteJobs(remote: remote).list(status, kind: kind, output) }
        let (jobs, database) = try await OperatedService.queue()
        let filter = JobFilter(state: state, queue: queue, kind: kind)
        try await output.print { page in try await database.read { try jobs.list(filter, page, in: $0) } }
    }
}

struct JobsDead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "List jobs that are out of attempts, with their reasons, those that died last first.",
        discussion: """
            They are kept for 30 days.

            Examples:
              waxwing jobs dead
              waxwing jobs dead --queue pro --json
            """.reflowed)

    @Option(help: "Only jobs of this queue.")
    var queue: String?

    @OptionGroup var output: JobListOptions

    func run() async throws {
        let (jobs, database) = try await OperatedService.queue()
        try await output.print { [queue] page in try await database.read { try jobs.dead(of: queue, page, in: $0) } }
    }
}

/// How many jobs are printed, and how.
struct JobListOptions: ParsableArguments {
    @Option(help: "How many at most; 0 for all.")
    var limit = 50

    @Flag(help: "Print only the names, one a line.")
    var ids = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more") }
        guard !(ids && json) else { throw ValidationError("--ids and --json exclude each other") }
    }

    func print(_ page: (PageRequest) async throws -> Page<Job>) async throws {
        var (jobs, after) = ([Job](), PageCursor?.none)
        repeat {
            let wanted = limit == 0 ? PageRequest.largest : min(limit - jobs.count, PageRequest.largest)
            let some = try await page(PageRequest(limit: wanted, after: after))
            jobs += some.items
            after = some.next
        } while after != nil && (limit == 0 || jobs.count < limit)
        if json { return JSONOutput.print(jobs.map(JobRecord.init)) }
        if ids { return write(jobs.map { "\($0.id)\n" }.joined()) }
        var table = TextTable("JOB", "KIND", "QUEUE", "STATE", "TRIED", "ENQUEUED", "")
        for job in jobs {
            let note = job.progress.map { "\(Int($0.fraction * 100)) % \($0.note ?? "")" } ?? job.error ?? ""
            table.add([
                "\(job.id)", job.kind.printable, job.queue.printable, "\(JobFilter.State(job.course.state))",
                "\(job.course.attempts)", "\(job.createdAt)", String(note.printable.prefix(60)),
            ])
        }
        write(table.text)
        if after != nil { write("there are more: --limit 0 shows all\n") }
    }
}
