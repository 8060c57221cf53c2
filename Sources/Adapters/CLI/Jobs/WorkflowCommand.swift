import ArgumentParser
import Jobs
import Storage

/// `waxwing workflow`: what goes on over many steps, without the service.
struct WorkflowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflow",
        abstract: "See the workflows of the service, and each of their steps.",
        discussion: """
            Takes the same environment as 'waxwing serve', which may run meanwhile.

            Examples:
              waxwing workflow ls --status parked
              waxwing workflow show 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11
            """.reflowed,
        subcommands: [WorkflowList.self, WorkflowShow.self])
}

extension WorkflowStatus: ExpressibleByArgument {}

struct WorkflowList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List runs of workflows, the newest first.",
        discussion: """
            Examples:
              waxwing workflow ls
              waxwing workflow ls --status parked --json
            """.reflowed)

    @Option(help: "Only runs that stand so.")
    var status: WorkflowStatus?

    @Option(help: "How many at most; 0 for all.")
    var limit = 50

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more") }
    }

    func run() async throws {
        let (queue, database) = try await OperatedService.queue()
        let (workflows, status) = (Workflows(queue), status)
        var (runs, after) = ([WorkflowRun](), PageCursor?.none)
        repeat {
            let wanted = limit == 0 ? PageRequest.largest : min(limit - runs.count, PageRequest.largest)
            let request = PageRequest(limit: wanted, after: after)
            let page = try await database.read { try workflows.list(status, request, in: $0) }
            runs += page.items
            after = page.next
        } while after != nil && (limit == 0 || runs.count < limit)
        if json { return JSONOutput.print(runs.map(RunRecord.init)) }
        var table = TextTable("RUN", "WORKFLOW", "STATUS", "BEGAN", "ENDED", "")
        for run in runs {
            let record = RunRecord(run)
            table.add([
                record.id, "\(run.name) \(run.version)".printable, record.status, record.createdAt,
                record.endedAt ?? "-", String((record.reason ?? "").printable.prefix(60)),
            ])
        }
        write(table.text)
        if after != nil { write("there are more: --limit 0 shows all\n") }
    }
}

struct WorkflowShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one run: its steps in order, what arrived for it, and the runs it started.",
        discussion: """
            Examples:
              waxwing workflow show 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11
              waxwing workflow show 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11 --json
            """.reflowed)

    @Argument(help: "The run, by the name that 'waxwing workflow ls' shows.")
    var run: WorkflowID

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (queue, database) = try await OperatedService.queue()
        let (workflows, id) = (Workflows(queue), run)
        guard let log = try await database.read({ try workflows.log(of: id, in: $0) }) else {
            throw WorkflowError.notFound(id)
        }
        if json { return JSONOutput.print(LogRecord(log)) }
        let record = RunRecord(log.run)
        var head = TextTable()
        for (name, value) in record.lines { head.add([name, value.printable]) }
        write(head.text)
        var steps = TextTable("STEP", "NAME", "KIND", "STATE", "TRIED", "BEGAN", "ENDED", "")
        for step in log.steps {
            let step = StepRecord(step)
            steps.add([
                "\(step.position + 1)", step.name.printable, step.kind, step.state, "\(step.attempts)", step.startedAt,
                step.endedAt ?? "-", (step.error ?? step.result ?? "").printable,
            ])
        }
        write("\n" + steps.text)
        for signal in log.signals {
            let taken = signal.takenBy.map { "taken by step \($0 + 1)" } ?? "not taken"
            write("signal \(signal.name.printable)  \(signal.arrivedAt)  \(taken)  \(signal.payload.printable)\n")
        }
        for child in log.children {
            write("child \(child.id)  \(child.name.printable)  \(child.status.rawValue), of step \(child.step + 1)\n")
        }
    }
}

private struct RunRecord: Encodable {
    let id, name, status, createdAt, input: String
    let version: Int
    let owner, parent, endedAt, output, reason, detail: String?

    private enum CodingKeys: String, CodingKey {
        case id, name, version, status, owner, parent, input, output, reason, detail
        case createdAt = "created_at"
        case endedAt = "ended_at"
    }

    init(_ run: WorkflowRun) {
        (id, name, version, status) = ("\(run.id)", run.name, run.version, run.state.status.rawValue)
        (owner, parent) = (run.owner.map { "\($0)" }, run.parent.map { "\($0)" })
        (createdAt, endedAt) = ("\(run.createdAt)", run.endedAt.map { "\($0)" })
        (input, output, detail) = (run.input, run.output, run.detail)
        switch run.state {
        case .failed(let why), .undoing(.failure(let why)), .waitingToUndo(.failure(let why), _): reason = why
        case .parked(let why, _): reason = "\(why)"
        default: reason = nil
        }
    }

    var lines: [(String, String)] {
        let all: [(String, String?)] = [
            ("run", id), ("workflow", "\(name), version \(version)"), ("status", status), ("owner", owner),
            ("parent", parent), ("began", createdAt), ("ended", endedAt), ("input", input), ("output", output),
            ("reason", reason), ("detail", detail),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}

private struct StepRecord: Encodable {
    let position, attempts: Int
    let name, kind, state, startedAt: String
    let endedAt, wakesAt, result, error, detail, undoneAt: String?

    private enum CodingKeys: String, CodingKey {
        case position, name, kind, state, attempts, result, error, detail
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case wakesAt = "wakes_at"
        case undoneAt = "undone_at"
    }

    init(_ step: WorkflowStep) {
        (position, name, attempts) = (step.position, step.name, step.attempts)
        kind = step.kind.rawValue
        state = step.undoneAt == nil ? step.state.rawValue : "undone"
        (startedAt, endedAt) = ("\(step.startedAt)", step.endedAt.map { "\($0)" })
        (wakesAt, undoneAt) = (step.wakesAt.map { "\($0)" }, step.undoneAt.map { "\($0)" })
        (result, error, detail) = (step.result, step.error, step.detail)
    }
}

private struct SignalRecord: Encodable {
    let name, payload, arrivedAt: String
    let takenBy: Int?

    private enum CodingKeys: String, CodingKey {
        case name, payload
        case arrivedAt = "arrived_at"
        case takenBy = "taken_by"
    }
}

private struct ChildRecord: Encodable {
    let id, name: String
    let step: Int
    let status: String
}

private struct LogRecord: Encodable {
    let run: RunRecord
    let steps: [StepRecord]
    let signals: [SignalRecord]
    let children: [ChildRecord]

    init(_ log: WorkflowLog) {
        (run, steps) = (RunRecord(log.run), log.steps.map(StepRecord.init))
        signals = log.signals.map {
            SignalRecord(name: $0.name, payload: $0.payload, arrivedAt: "\($0.arrivedAt)", takenBy: $0.takenBy)
        }
        children = log.children.map {
            ChildRecord(id: "\($0.id)", name: $0.name, step: $0.step, status: $0.status.rawValue)
        }
    }
}
