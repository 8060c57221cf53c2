import ArgumentParser
import Foundation
import Jobs
import Storage

struct JobsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one job: what it is to do, how it stands, and each attempt at it.",
        discussion: """
            Examples:
              waxwing jobs show 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11
              waxwing jobs show 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11 --json
              waxwing jobs show 0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11 --server https://sounds.example.com
            """.reflowed)

    @Argument(help: "The job, by the name that 'waxwing jobs ls' shows.")
    var job: JobID

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    func run() async throws {
        if remote.server != nil { return try await RemoteJobs(remote: remote).show(job, json: json) }
        let (queue, database) = try await OperatedService.queue()
        let (found, history) = try await database.read { [job] session in
            (try queue.find(job, in: session), try queue.history(of: job, in: session))
        }
        guard let found else { throw JobQueueError.notFound(job) }
        let record = JobRecord(found)
        if json { return JSONOutput.print(JobHistory(job: record, history: history.map(AttemptRecord.init))) }
        var table = TextTable()
        for (name, value) in record.lines { table.add([name, value.printable]) }
        table.add(["payload", String(decoding: found.payload, as: UTF8.self).printable])
        if let result = found.result { table.add(["result", String(decoding: result, as: UTF8.self).printable]) }
        write(table.text)
        guard !history.isEmpty else { return write("\nno attempt has ended\n") }
        var attempts = TextTable("ATTEMPT", "BEGAN", "ENDED", "OUTCOME", "WORKER", "")
        for attempt in history {
            attempts.add([
                "\(attempt.token)", attempt.startedAt.map { "\($0)" } ?? "-", "\(attempt.endedAt)", attempt.outcome,
                attempt.worker.printable, (attempt.reason ?? "").printable,
            ])
        }
        write("\n" + attempts.text)
    }
}

private struct JobHistory: Encodable {
    let job: JobRecord
    let history: [AttemptRecord]
}

private struct AttemptRecord: Encodable {
    let attempt: Int
    let startedAt: String?
    let endedAt, outcome, worker: String
    let reason: String?

    private enum CodingKeys: String, CodingKey {
        case attempt, outcome, worker, reason
        case startedAt = "started_at"
        case endedAt = "ended_at"
    }

    init(_ attempt: JobAttempt) {
        (self.attempt, outcome, worker, reason) = (attempt.token, attempt.outcome, attempt.worker, attempt.reason)
        (startedAt, endedAt) = (attempt.startedAt.map { "\($0)" }, "\(attempt.endedAt)")
    }
}

/// A job as JSON, and as lines.
struct JobRecord: Encodable {
    let id, kind, queue, state: String
    let priority, attempts, lostLeases, crashes: Int
    let owner, worker, runAt, startedAt, completedAt, error, progressNote: String?
    let createdAt: String
    let progress: Double?

    private enum CodingKeys: String, CodingKey {
        case id, kind, queue, state, priority, attempts, crashes, owner, worker, error, progress
        case lostLeases = "lost_leases"
        case runAt = "run_at"
        case createdAt = "created_at"
        case startedAt = "started_at"
        case completedAt = "completed_at"
        case progressNote = "progress_note"
    }

    init(_ job: Job) {
        let course = job.course
        (id, kind, queue, state) = ("\(job.id)", job.kind, job.queue, "\(JobFilter.State(course.state))")
        (priority, attempts, lostLeases, crashes) = (job.priority, course.attempts, course.lostLeases, course.crashes)
        (owner, error) = (job.owner.map { "\($0)" }, job.error)
        (progress, progressNote) = (job.progress?.fraction, job.progress?.note)
        createdAt = "\(job.createdAt)"
        (startedAt, completedAt) = (job.startedAt.map { "\($0)" }, job.completedAt.map { "\($0)" })
        switch course.state {
        case .leased(let lease): (worker, runAt) = (lease.worker, nil)
        case .scheduled(let time), .retryable(let time): (worker, runAt) = (nil, "\(time)")
        case .ready, .succeeded, .cancelled, .dead: (worker, runAt) = (nil, nil)
        }
    }

    var lines: [(String, String)] {
        let all: [(String, String?)] = [
            ("job", id), ("kind", kind), ("queue", queue), ("state", state), ("priority", "\(priority)"),
            ("owner", owner), ("attempts", "\(attempts)"), ("lost leases", lostLeases == 0 ? nil : "\(lostLeases)"),
            ("crashes", crashes == 0 ? nil : "\(crashes)"), ("enqueued", createdAt), ("due", runAt),
            ("started", startedAt), ("ended", completedAt), ("worker", worker),
            ("progress", progress.map { "\(Int($0 * 100)) % \(progressNote ?? "")" }), ("error", error),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}
