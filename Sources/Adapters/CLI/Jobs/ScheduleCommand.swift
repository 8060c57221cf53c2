import ArgumentParser
import Jobs
import Storage
import StrictJSON

/// `waxwing schedule`: what is done now and then, without the service.
struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "See what the service does now and then, and do it now.",
        discussion: """
            Takes the same environment as 'waxwing serve', which may run meanwhile.

            Examples:
              waxwing schedule ls
              waxwing schedule run 'upkeep: orphans'
            """.reflowed,
        subcommands: [ScheduleList.self, ScheduleRunNow.self])
}

struct ScheduleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the schedules: when each is due, and how its last run ended.",
        discussion: """
            Examples:
              waxwing schedule ls
              waxwing schedule ls --json
            """.reflowed)

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (queue, database) = try await OperatedService.queue()
        let schedules = Schedules(queue)
        var entries: [ScheduleEntry] = []
        while true {
            let last = entries.last?.name
            let some = try await database.read { try schedules.list(after: last, in: $0) }
            entries += some
            if some.count < PageRequest.largest { break }
        }
        if json { return JSONOutput.print(entries.map(ScheduleRecord.init)) }
        var table = TextTable("SCHEDULE", "WHEN", "STATUS", "NEXT", "LAST", "OUTCOME", "")
        for entry in entries {
            let last = entry.lastRun
            table.add([
                entry.name.printable, entry.recurrence, entry.status.rawValue,
                entry.nextSlot.map { "\($0)" } ?? "-", last.map { "\($0.slot ?? $0.claimedAt)" } ?? "-",
                last?.outcome.word ?? "-", String((last?.error ?? "").printable.prefix(60)),
            ])
        }
        write(table.text)
    }
}

struct ScheduleRunNow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Enqueue the job of a schedule now; its times stay as they are.",
        discussion: "Example:\n  waxwing schedule run 'upkeep: orphans'")

    @Argument(help: "The schedule, by the name that 'waxwing schedule ls' shows.")
    var name: String

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let (queue, database) = try await OperatedService.queue()
        let (schedules, name) = (Schedules(queue), name)
        let run = try await database.write { try schedules.run(name, by: "waxwing schedule run", in: $0) }
        guard let job = run.job else { return }
        answer.tell("\(job)", ["schedule": .string(name), "job": .string(job.text)])
    }
}

extension ScheduleRun.Outcome {
    fileprivate var word: String {
        switch self {
        case .skipped: "skipped"
        case .job(let status): status.rawValue
        case .forgotten: "forgotten"
        }
    }
}

private struct ScheduleRecord: Encodable {
    let name, recurrence, kind, queue, status: String
    let nextSlot: String?
    let lastRun: RunRecord?

    private enum CodingKeys: String, CodingKey {
        case name, recurrence, kind, queue, status
        case nextSlot = "next_slot"
        case lastRun = "last_run"
    }

    init(_ entry: ScheduleEntry) {
        (name, recurrence, kind) = (entry.name, entry.recurrence, entry.kind)
        (queue, status, nextSlot) = (entry.queue, entry.status.rawValue, entry.nextSlot.map { "\($0)" })
        lastRun = entry.lastRun.map(RunRecord.init)
    }
}

private struct RunRecord: Encodable {
    let slot, job, endedAt, error: String?
    let claimedAt, claimedBy, outcome: String

    private enum CodingKeys: String, CodingKey {
        case slot, job, error, outcome
        case endedAt = "ended_at"
        case claimedAt = "claimed_at"
        case claimedBy = "claimed_by"
    }

    init(_ run: ScheduleRun) {
        (slot, job) = (run.slot.map { "\($0)" }, run.job.map { "\($0)" })
        (endedAt, error, claimedAt) = (run.endedAt.map { "\($0)" }, run.error, "\(run.claimedAt)")
        (claimedBy, outcome) = (run.claimedBy, run.outcome.word)
    }
}
