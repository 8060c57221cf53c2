import Auth
import Billing
import Foundation
import FreshDatabases
import Logging
import Storage
import StorageTestKit
import Testing

@testable import Jobs
@testable import WaxwingService

/// Events of one process, followed in another.
@Suite(.timeLimit(.minutes(20))) struct SharedEventsTests {
    /// Two processes on one database, and who is signed in there.
    private struct Pair {
        let writer: UseCases
        let reader: UseCases
        let queue: JobQueue
        let caller: Principal
        let folder: TemporaryFolder

        init() async throws {
            folder = try TemporaryFolder()
            let sides = try await FreshDatabase.shared(folder.path + "/rows.sqlite")
            try await sides[0].database.migrate(UseCases.migrations, at: SystemClock().now())
            let (objects, keys, folder) = (MemoryObjectStore(), try Keys.random(), folder)
            let cases = try sides.enumerated().map { index, side in
                try UseCases(
                    Backends(
                        database: side.database, objects: objects, signals: side.signals,
                        linkBase: "http://127.0.0.1/objects"),
                    plans: PlanBook(defaultPlan: "basic", plans: ["basic": Plan()]), keys: keys,
                    analyzer: FakeAnalyzer(), work: WorkFolder(in: "\(folder.path)/work\(index)"),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            }
            (writer, reader) = (cases[0], cases[1])
            let post = EventPost(log: EventLog(signals: sides[0].signals), clock: SystemClock())
            queue = JobQueue(sides[0].database, signals: sides[0].signals, observer: post.jobs)
            _ = try await writer.accounts.register(
                email: "ada@example.com", password: Studio.password, name: "Ada", from: .test)
            let pair = try await reader.signIn.signIn(email: "ada@example.com", password: Studio.password, from: .test)
            caller = try await reader.signIn.authenticate(Credentials(bearerToken: pair.access))
        }

        func job() async throws -> JobID {
            let job = try NewJob(kind: "long", payload: ["a": 1], queue: "long", owner: caller.user)
            return try await queue.database.write { [queue] in try queue.enqueue(job, in: $0) }
        }
    }

    /// How soon is printed: beside hundreds of tests that compute a limit would be one of theirs.
    @Test func `progress reaches a listener of another process`() async throws {
        let pair = try await Pair()
        _ = try await pair.job()
        let job = try #require(try await pair.queue.claim(from: ["long"], by: "ada"))
        var listener = try Listener(pair.reader.events, pair.caller)
        _ = try await listener.next()
        var times: [Duration] = []
        for step in 1...20 {
            let reported = ContinuousClock.now
            try await pair.queue.report(JobProgress(Double(step) / 20, "step \(step)"), of: job)
            let item = try await listener.next()
            times.append(reported.duration(to: .now))
            #expect(item?.kind == "job.progress" && item?.payload.contains(#""note":"step \#(step)""#) == true)
        }
        print("progress of a job in another process: heard after \(times.sorted()[times.count / 2]) (median)")
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a follower who is cut off again and again misses nothing, and hears nothing twice`(seed: UInt64) async throws
    {
        let pair = try await Pair()
        var random = SplitMix64(seed: seed)
        let total = 120
        let bursts = (0..<total).map { _ in Int.random(in: 0...3, using: &random) }
        let cuts = (0..<total).map { _ in Int.random(in: 1...9, using: &random) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for pause in bursts {
                    _ = try await pair.job()
                    if pause == 0 { try await Task.sleep(for: .milliseconds(2)) }
                }
            }
            group.addTask {
                var (heard, cut): ([Int64], Int) = ([], 0)
                while heard.count < total {
                    // Either process may be the one that is reached after a cut.
                    let events = (cut.isMultiple(of: 2) ? pair.reader : pair.writer).events
                    var listener = try Listener(events, pair.caller, after: heard.last ?? 0)
                    #expect(try await listener.next()?.kind == "hello")
                    for _ in 0..<cuts[cut % total] where heard.count < total {
                        let item = try #require(try await listener.next())
                        #expect(item.kind == "job.pending")
                        heard.append(item.number)
                    }
                    cut += 1
                }
                #expect(heard == Array(1...Int64(total)))
            }
            try await group.waitForAll()
        }
    }

    @Test func `jobs of many owners that end and begin at once in two processes do not wait for each other for ever`()
        async throws
    {
        let pair = try await Pair()
        let owners = (0..<6).map { _ in AccountID.random() }
        for round in 0..<60 {
            let job = try NewJob(
                kind: "short", payload: ["n": round], queue: "short", owner: owners[round % owners.count])
            _ = try await pair.queue.database.write { try pair.queue.enqueue(job, in: $0) }
        }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in ["ada", "grace"] {
                group.addTask {
                    var done = 0
                    while true {
                        let jobs = try await pair.queue.claim(from: ["short"], by: worker, upTo: 5)
                        if jobs.isEmpty { return done }
                        try await pair.queue.database.write { try pair.queue.complete(jobs, in: $0) }
                        done += jobs.count
                    }
                }
            }
            var done = 0
            for try await count in group { done += count }
            #expect(done == 60)
        }
        let told = try await pair.queue.database.read { session in
            try session.row("SELECT COUNT(*) AS n FROM events WHERE kind = 'job.completed'")?.get("n") as Int?
        }
        #expect(told == 60)
    }
}
