import Figures
import Jobs
import Logging
import ServiceLifecycle
import Storage
import Synchronization

/// How many jobs a second go in and out.
enum Speed {
    static func enqueue(_ count: Int, by batch: Int, on place: Place) async throws {
        let open = try await place.queue()
        let spent = try await ContinuousClock().measure { try await fill(open, count, by: batch) }
        let ready = try await ready(open)
        precondition(ready == count, "\(ready) of \(count) jobs are there")
        try report(["jobs_per_second": Double(count) / (spent / .seconds(1))])
    }

    static func drain(_ count: Int, concurrency: Int, on place: Place) async throws {
        let open = try await place.queue()
        try await fill(open, count, by: JobQueue.largestClaim)
        let handler = CountingHandler(count)
        let began = ContinuousClock.now
        try await whileWorking(open.queue, handler, concurrency: concurrency) { await handler.allDone() }
        let spent = began.duration(to: .now)
        try report(["jobs_per_second": Double(count) / (spent / .seconds(1))])
    }

    static func batches(_ count: Int, on place: Place) async throws {
        let open = try await place.queue()
        try await fill(open, count, by: JobQueue.largestClaim)
        var done = 0
        let spent = try await ContinuousClock().measure {
            while done < count {
                let jobs = try await open.queue.claim(from: ["default"], by: "ada", upTo: JobQueue.largestClaim)
                try await open.database.write { try open.queue.complete(jobs, in: $0) }
                done += jobs.count
            }
        }
        try report(["jobs_per_second": Double(count) / (spent / .seconds(1))])
    }

    private static func fill(_ open: OpenQueue, _ count: Int, by batch: Int) async throws {
        for first in stride(from: 0, to: count, by: batch) {
            let jobs = try (first..<min(first + batch, count)).map {
                try NewJob(kind: CountingHandler.kind, payload: ["number": $0])
            }
            try await open.enqueue(jobs)
        }
    }

    private static func ready(_ open: OpenQueue) async throws -> Int {
        try await open.database.read { try open.queue.statistics(over: .zero, in: $0) }.reduce(0) { $0 + $1.ready }
    }
}

/// Does nothing, and knows when nothing was done often enough.
private final class CountingHandler: JobHandler {
    static let kind = "nothing"

    let kind: String = CountingHandler.kind
    private let left: Mutex<Int>
    private let (end, reached) = AsyncStream.makeStream(of: Never.self)

    init(_ count: Int) {
        left = Mutex(count)
    }

    func run(_ job: Job) async throws -> JobEffect {
        { session in
            session.afterCommit {
                let isLast = self.left.withLock { left in
                    left -= 1
                    return left == 0
                }
                if isLast { self.reached.finish() }
            }
        }
    }

    func allDone() async {
        for await _ in end {}
    }
}

/// Runs a worker in this process until `body` is over.
func whileWorking(
    _ queue: JobQueue, _ handler: some JobHandler, concurrency: Int, body: () async throws -> Void
) async throws {
    let logger = Logger(label: "jobs") { _ in SwiftLogNoOpLogHandler() }
    let worker = Worker(queue, [handler], configuration: .init(concurrency: concurrency), logger: logger)
    let services = ServiceGroup(services: [worker], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await services.run() }
        try await body()
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
    }
}
