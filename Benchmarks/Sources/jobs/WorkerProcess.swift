import Foundation
import Jobs
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

/// A worker in a process of its own, that others may stop at any time.
final class WorkerProcess {
    let name: String
    private let process = Process()
    private let words: URL

    /// - Returns: at once; the worker takes its time to begin.
    static func start(
        _ name: String, on place: Place, concurrency: Int, lease: Duration = .seconds(15),
        grace: Duration = .seconds(10)
    ) throws -> WorkerProcess {
        let worker = WorkerProcess(name)
        let times = [lease, grace].map { "\(Int($0 / .milliseconds(1)))" }
        worker.process.executableURL = URL(filePath: CommandLine.arguments[0])
        worker.process.arguments = ["worker", place.address, name, "\(concurrency)"] + times
        // A file, not a pipe: what was said stays when the worker is killed.
        _ = FileManager.default.createFile(atPath: worker.words.path, contents: nil)
        worker.process.standardOutput = try FileHandle(forWritingTo: worker.words)
        try worker.process.run()
        return worker
    }

    private init(_ name: String) {
        self.name = name
        words = FileManager.default.temporaryDirectory.appending(path: "jobs-\(getpid())-\(name)")
    }

    deinit {
        try? FileManager.default.removeItem(at: words)
    }

    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) {
        _ = Foundation.kill(process.processIdentifier, signal)
    }

    /// Ends it without a word, and waits until it is gone.
    func kill() {
        send(SIGKILL)
        process.waitUntilExit()
    }

    /// Waits until it is gone.
    ///
    /// - Returns: whether it ended by itself, and well.
    func end() -> Bool {
        process.waitUntilExit()
        return process.terminationReason == .exit && process.terminationStatus == 0
    }

    /// What it has said so far, by lines.
    func said() throws -> [WorkerWord] {
        try String(contentsOf: words, encoding: .utf8).split(separator: "\n").compactMap(WorkerWord.init)
    }
}

/// What such a worker says: a line each.
enum WorkerWord: Equatable {
    /// The work on a job began.
    case started(at: Timestamp)
    /// What it had done was not taken: the job was another's.
    case refused

    init?(_ line: Substring) {
        if line == "refused" {
            self = .refused
        } else if let milliseconds = Int64(line) {
            self = .started(at: Timestamp(milliseconds: milliseconds))
        } else {
            return nil
        }
    }

    func say() {
        let line =
            switch self {
            case .started(let time): "\(time.milliseconds)\n"
            case .refused: "refused\n"
            }
        // In one call, unbuffered: the next moment may be the last.
        FileHandle.standardOutput.write(Data(line.utf8))
    }
}

extension WorkerProcess {
    /// The process itself.
    static func run(
        _ name: String, on place: Place, concurrency: Int, lease: Duration, grace: Duration
    ) async throws {
        let open = try await place.queue(.trial(lease))
        let handler = Chore.handler(on: open.queue) { _ in WorkerWord.started(at: SystemClock().now()).say() }
        var configuration = Worker.Configuration(concurrency: concurrency)
        configuration.grace = grace
        let worker = Worker(
            name: name, queue: open.queue, handlers: [handler], configuration: configuration,
            logger: Logger(label: "jobs") { _ in RefusalLog() })
        let quiet = Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
        try await ServiceGroup(services: [worker], gracefulShutdownSignals: [.sigterm], logger: quiet).run()
    }
}

extension RetryPolicy {
    /// As trials have it: what fails does so because a server was away, and is tried again soon, and often.
    static func trial(_ lease: Duration) -> RetryPolicy {
        var policy = RetryPolicy()
        (policy.lease, policy.attempts, policy.firstDelay) = (lease, 20, .milliseconds(100))
        return policy
    }
}

/// Hears of the runs whose end was not taken.
private struct RefusalLog: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if event.metadata?["outcome"] == "succeeded", event.metadata?["status"] == "lease lost" {
            WorkerWord.refused.say()
        }
    }
}
