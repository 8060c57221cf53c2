import ArgumentParser
import Jobs
import Storage
import StrictJSON

struct JobsPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Start no more jobs of a queue; those that run go on.",
        discussion: "Example:\n  waxwing jobs pause free")

    @Argument(help: "Which queue.")
    var queue: String

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let (jobs, database) = try await OperatedService.queue(called: queue)
        try await database.write { [queue] in try jobs.pause(queue, in: $0) }
        answer.tell(
            "\(queue.printable) is paused: 'waxwing jobs resume \(queue.printable)' ends that",
            ["queue": .string(queue), "paused": true])
    }
}

struct JobsResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a queue that is paused or drains.",
        discussion: "Example:\n  waxwing jobs resume free")

    @Argument(help: "Which queue.")
    var queue: String

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let (jobs, database) = try await OperatedService.queue(called: queue)
        try await database.write { [queue] in try jobs.resume(queue, in: $0) }
        answer.tell("\(queue.printable) goes on", ["queue": .string(queue), "paused": false, "draining": false])
    }
}

struct JobsDrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Take no new jobs into a queue, and do those that wait.",
        discussion: """
            Whoever adds a job is told so; what goes on with work that was taken before is still taken.

            Examples:
              waxwing jobs drain free
              waxwing jobs drain free --wait
            """.reflowed)

    @Argument(help: "Which queue.")
    var queue: String

    @Flag(help: "Return when the queue is empty.")
    var wait = false

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let (jobs, database) = try await OperatedService.queue(called: queue)
        let name = queue
        try await database.write { try jobs.drain(name, in: $0) }
        guard wait else {
            return answer.tell(
                "\(name.printable) drains: 'waxwing jobs stats' shows how far it is",
                ["queue": .string(name), "draining": true])
        }
        try await LongRun.run { line in
            while true {
                let all = try await database.read { try jobs.statistics(in: $0) }
                let left = all.first { $0.queue == name }.map(\.open) ?? 0
                if left == 0 { return }
                line.show("\(left) jobs left")
                try await Task.sleep(for: .seconds(1))
            }
        }
        answer.tell("\(name.printable) is empty", ["queue": .string(name), "draining": true, "left": 0])
    }
}

struct JobsStats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show how each queue stands, and what was done of late.",
        discussion: """
            DONE and FAILED are attempts that ended in the last minutes; WAIT is how long the oldest job that is ready has been
            waiting for a worker.

            Examples:
              waxwing jobs stats
              waxwing jobs stats --minutes 60 --json
            """.reflowed)

    @Option(help: "How far back to count what was done.")
    var minutes = 5

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...10_080).contains(minutes) else { throw ValidationError("--minutes is 1 to 10080") }
    }

    func run() async throws {
        let (queue, database) = try await OperatedService.queue()
        let stretch = Duration.seconds(minutes * 60)
        let all = try await database.read { try queue.statistics(over: stretch, in: $0) }
        if json { return JSONOutput.print(all.map { QueueRecord($0, minutes: minutes) }) }
        var table = TextTable("QUEUE", "READY", "LATER", "RETRY", "RUNNING", "DEAD", "WAIT", "DONE", "FAILED", "")
        for queue in all {
            let wait = queue.longestWait.map { "\($0.components.seconds) s" } ?? "-"
            let numbers = [queue.ready, queue.scheduled, queue.retryable, queue.running, queue.dead].map { "\($0)" }
            table.add(
                [queue.queue.printable] + numbers + [
                    wait, "\(queue.succeeded)", "\(queue.failed)", queue.settings.words,
                ])
        }
        write(table.text)
    }
}

extension QueueStatistics {
    fileprivate var open: Int { ready + scheduled + retryable + running }
}

extension QueueSettings {
    fileprivate var words: String {
        let words = [isPaused ? "paused" : nil, isDraining ? "drains" : nil, capacity.map { "holds \($0)" }]
        return words.compactMap { $0 }.joined(separator: ", ")
    }
}

private struct QueueRecord: Encodable {
    let queue: String
    let ready, scheduled, retryable, running, dead, succeeded, failed, minutes: Int
    let longestWaitSeconds: Int64?
    let paused, draining: Bool
    let capacity: Int?

    private enum CodingKeys: String, CodingKey {
        case queue, ready, scheduled, retryable, running, dead, succeeded, failed, minutes, paused, draining, capacity
        case longestWaitSeconds = "longest_wait_seconds"
    }

    init(_ queue: QueueStatistics, minutes: Int) {
        self.queue = queue.queue
        (ready, scheduled, retryable) = (queue.ready, queue.scheduled, queue.retryable)
        (running, dead, succeeded, failed) = (queue.running, queue.dead, queue.succeeded, queue.failed)
        (paused, draining) = (queue.settings.isPaused, queue.settings.isDraining)
        (capacity, longestWaitSeconds) = (queue.settings.capacity, queue.longestWait?.components.seconds)
        self.minutes = minutes
    }
}
