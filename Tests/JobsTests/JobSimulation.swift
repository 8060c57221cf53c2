import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

/// Workers that claim, finish, fail, vanish and come back late, on a clock that jumps. All of it follows from the seed.
///
/// Beside the queue runs a model of who may speak for which job; whatever the queue allows or refuses is
/// compared with it.
struct JobSimulation {
    private struct Claim {
        let job: Job
        var until: Timestamp
    }

    private let bench: QueueBench
    private var random: SplitMix64
    private var accepted: [JobID] = []
    /// What each worker believes it holds, whether it still does or not.
    private var believed: [Job] = []
    /// Who truly holds what.
    private var held: [JobID: Claim] = [:]
    private var last: [JobID: JobCourse] = [:]
    private var replayed: Set<JobID> = []
    private var succeeded: Set<JobID> = []
    private(set) var refusals = 0

    init(seed: UInt64) async throws {
        random = SplitMix64(seed: seed)
        bench = QueueBench(try await freshDatabase())
        _ = try await bench.database.write { session in
            try session.execute("CREATE TABLE ledger (job_id TEXT PRIMARY KEY, token BIGINT NOT NULL)")
        }
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0...2: try await enqueue()
        case 3...7: try await claim()
        case 8...14: try await speak()
        case 15: try await reclaim()
        case 16: try await cancel()
        case 17: try await replay()
        default: jump()
        }
        try await check()
    }

    /// Lets honest workers do all that is left.
    mutating func drain() async throws {
        for _ in 0..<2 {
            bench.clock.advance(by: .seconds(30 * 86_400))
            try await reclaim()
            while try await claim() {
                let job = believed[believed.count - 1]
                try await say(.succeeded(token: job.token), of: job)
            }
            try await check()
        }
        #expect(last.count == accepted.count)
        #expect(last.values.allSatisfy { $0.state.isFinal }, "a job was lost")
    }

    private mutating func enqueue() async throws {
        let delay = Duration.milliseconds(Int.random(in: -20_000...20_000, using: &random))
        let job = try NewJob(
            id: randomID(), kind: "tune", payload: 1, priority: .random(in: 0...2, using: &random),
            runAt: bench.clock.now() + delay)
        let isUndone = Int.random(in: 0..<5, using: &random) == 0
        let queue = bench.queue
        do {
            try await bench.database.write { session in
                try queue.enqueue(job, in: session)
                if isUndone { throw Undo() }
            }
            accepted.append(job.id)
        } catch is Undo {}
    }

    private mutating func randomID() throws -> JobID {
        let digits = (0..<32).map { _ in String(Int.random(in: 0..<16, using: &random), radix: 16) }
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { digits[$0].joined() }
        return try #require(JobID(groups.joined(separator: "-")))
    }

    @discardableResult
    private mutating func claim() async throws -> Bool {
        guard let job = try await bench.claim(by: "worker \(Int.random(in: 0..<4, using: &random))") else {
            return false
        }
        #expect(held[job.id] == nil, "two workers hold one job")
        #expect(job.token == (last[job.id]?.token ?? 0) + 1)
        held[job.id] = Claim(job: job, until: bench.clock.now() + bench.queue.policy.lease)
        believed.append(job)
        return true
    }

    /// Some worker says how its job went. It may long have lost it.
    private mutating func speak() async throws {
        guard let job = believed.randomElement(using: &random) else { return }
        let (token, now) = (job.token, bench.clock.now())
        let jitter = Double.random(in: 0...1, using: &random)
        let event: JobEvent =
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3: .succeeded(token: token)
            case 4, 5: .failed(token: token, at: now, reason: "disk full", jitter: jitter)
            case 6: .crashed(token: token, at: now, reason: "signal 11", jitter: jitter)
            case 7: .failedForGood(token: token, reason: "not a sound file")
            case 8: .released(token: token)
            default: .heartbeat(token: token, at: now)
            }
        try await say(event, of: job)
    }

    private mutating func say(_ event: JobEvent, of job: Job) async throws {
        let (queue, isSuccess) = (bench.queue, event == .succeeded(token: job.token))
        let isHolder = held[job.id]?.job.token == job.token
        do {
            let after = try await bench.database.write { session in
                // The effect comes first: if the worker is stale, it must vanish with the refusal.
                try session.execute("INSERT INTO ledger (job_id, token) VALUES (\(job.id), \(job.token))")
                if !isSuccess { try session.execute("DELETE FROM ledger WHERE job_id = \(job.id)") }
                return try queue.apply(event, to: job.id, in: session)
            }
            #expect(isHolder, "a stale worker was heard")
            if isSuccess { succeeded.insert(job.id) }
            if after.course.state.status == .processing {
                let until = bench.clock.now() + queue.policy.lease
                held[job.id]?.until = until
            } else {
                held[job.id] = nil
            }
        } catch is LeaseLost {
            #expect(!isHolder, "the holder was refused")
            refusals += 1
        } catch DatabaseError.constraint {
            #expect(succeeded.contains(job.id) && !isHolder, "the ledger refused a first effect")
            refusals += 1
        }
    }

    private mutating func reclaim() async throws {
        let now = bench.clock.now()
        let expired = held.filter { $0.value.until <= now }.keys
        #expect(try await bench.reclaim() == expired.count)
        for id in expired { held[id] = nil }
    }

    private mutating func cancel() async throws {
        guard let id = accepted.randomElement(using: &random) else { return }
        let isOver = last[id]?.state.isFinal == true
        do {
            try await bench.cancel(id)
            #expect(!isOver)
        } catch is InvalidTransition {
            #expect(isOver)
        }
    }

    private mutating func replay() async throws {
        let dead = accepted.filter { last[$0]?.state.status == .failed }
        guard let id = dead.randomElement(using: &random) else { return }
        try await bench.apply(.replayed, to: id)
        replayed.insert(id)
    }

    private mutating func jump() {
        let seconds = Int.random(in: 0..<8, using: &random) == 0 ? -3_600...86_400 : 0...20
        bench.clock.advance(by: .seconds(Int.random(in: seconds, using: &random)))
    }

    private mutating func check() async throws {
        let (jobs, ledger) = try await bench.database.read { session in
            var courses: [JobID: JobCourse] = [:]
            for row in try session.rows("SELECT * FROM jobs") { courses[try row.get("id")] = try JobCourse(row) }
            let ledger = try session.rows("SELECT job_id FROM ledger").map { try $0.get("job_id", as: JobID.self) }
            return (courses, Set(ledger))
        }
        #expect(Set(jobs.keys) == Set(accepted))
        #expect(ledger == succeeded)
        for (id, course) in jobs {
            #expect((0...bench.queue.policy.attempts).contains(course.attempts))
            #expect((course.state == .succeeded) == succeeded.contains(id))
            #expect((course.state.status == .processing) == (held[id] != nil))
            if let before = last[id] {
                #expect(course.token >= before.token)
                if before.state.isFinal, !replayed.contains(id) { #expect(course == before) }
            }
        }
        (last, replayed) = (jobs, [])
    }
}

@Suite struct JobSimulationTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `no job is lost and no effect applied twice`(seed: UInt64) async throws {
        var simulation = try await JobSimulation(seed: seed)
        for _ in 0..<100 { try await simulation.step() }
        try await simulation.drain()
        #expect(simulation.refusals > 0)
    }
}
