import FreshDatabases
import JobsTestKit
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Jobs

/// Where workers die: at every place of some kinds, once.
///
/// Shared by all workers of a simulation, so that the next one comes past the place where the last was killed.
final class Reaper: Sendable {
    private struct State {
        var seen: Set<String> = []
        var failures: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let kinds: Set<Place>

    enum Place {
        case inside, beforeCommit, afterCommit
    }

    init(_ kinds: Set<Place>) { self.kinds = kinds }

    var kills: Int { state.withLock { $0.seen.count } }

    func strikes(_ kind: Place, _ name: String) -> Bool {
        kinds.contains(kind) && state.withLock { $0.seen.insert("\(kind) \(name)").inserted }
    }

    func fails(_ step: String, times: Int) -> Bool {
        state.withLock { state in
            state.failures[step, default: 0] += 1
            return state.failures[step, default: 0] <= times
        }
    }
}

struct Killed: Error {}

/// One worker's life: once it is over, nothing it does reaches the database.
final class Life: ScriptWorld {
    private let reaper: Reaper
    private let state = Mutex((isOver: false, writes: 0))

    init(_ reaper: Reaper) { self.reaper = reaper }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// 1 for its first write.
    func nextWrite() -> Int {
        state.withLock { state in
            state.writes += 1
            return state.writes
        }
    }

    func happen(_ place: String) throws { try pass(.inside, place) }

    func pass(_ kind: Reaper.Place, _ name: String) throws {
        if reaper.strikes(kind, name) { state.withLock { $0.isOver = true } }
        if isOver { throw Killed() }
    }

    func fails(_ step: String, times: Int) -> Bool { reaper.fails(step, times: times) }
}

/// The database as one worker reaches it: the worker may die just before, and just after, each commit.
struct MortalDatabase: Database {
    let base: any Database
    let life: Life

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        if life.isOver { throw Killed() }
        return try await base.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        let recorded = try await progress()
        let place = "\(recorded), write \(life.nextWrite())"
        try life.pass(.beforeCommit, place)
        let value = try await base.write(body)
        try life.pass(.afterCommit, place)
        return value
    }

    /// Grows with what is recorded: a write that changes nothing is no new place, or workers would die for ever.
    private func progress() async throws -> Int {
        try await base.read { session in
            try session.row(
                """
                SELECT (SELECT COUNT(*) FROM jobs) + COUNT(ended_at) + COUNT(undone_at) AS progress FROM workflow_steps
                """)?.get("progress") ?? 0
        }
    }
}

/// One script done by workers that are killed, come back late and see each other's traces, on a clock that only the
/// simulation turns. All of it follows from the seed.
struct WorkflowSimulation {
    let bench: WorkflowBench
    let script: WorkflowScript
    let reaper: Reaper
    private var random: SplitMix64
    private(set) var refusals = 0
    private(set) var jobs = 0
    private var stale: [Job] = []

    init(_ script: WorkflowScript, kills: Set<Reaper.Place>, seed: UInt64) async throws {
        (self.script, random) = (script, SplitMix64(seed: seed))
        // Each worker is killed many times with the same job, more often than a real one may be.
        bench = try await WorkflowBench { $0.lostLeases = .max }
        reaper = Reaper(kills)
    }

    /// - Parameter cancelAfter: how many jobs until the run is cancelled.
    /// - Returns: the run, which has ended.
    mutating func run(cancelAfter: Int? = nil) async throws -> WorkflowID {
        let (bench, script) = (bench, script)
        let id = try await bench.write { try bench.workflows.start(Scripted.self, script, in: $0) }
        try await signal(.early)
        while try await !isOver(id) {
            if jobs == cancelAfter { try await cancel(id) }
            if try await turn() { continue }
            if try await signal(.late) { continue }
            try await jumpToTheNextTime()
        }
        return id
    }

    private func isOver(_ id: WorkflowID) async throws -> Bool {
        let (workflows, database) = (bench.workflows, bench.database)
        return try await database.read { try workflows.find(id, in: $0) }?.state.isFinal == true
    }

    /// One job by one worker, who may die over it.
    private mutating func turn() async throws -> Bool {
        guard let job = try await bench.queue.claim(from: ["default"], by: "worker \(jobs)") else { return false }
        jobs += 1
        try await haunt()
        let life = Life(reaper)
        do {
            try await work(on: job, life)
        } catch {
            guard life.isOver else { throw error }
            stale.append(job)
            bench.clock.advance(by: bench.queue.policy.lease + .seconds(1))
            try await bench.queue.reclaimExpired()
        }
        return true
    }

    private func work(on job: Job, _ life: Life) async throws {
        let mortal = MortalDatabase(base: bench.database, life: life)
        let queue = JobQueue(mortal, policy: bench.queue.policy, clock: bench.clock)
        let effect = try await Workflows(queue).handler(Scripted(world: life)).run(job)
        try await mortal.write { session in
            try effect(session)
            try queue.apply(.succeeded(token: job.token), to: job.id, in: session)
        }
    }

    /// A worker that was thought dead does what it was about to do.
    private mutating func haunt() async throws {
        guard let job = stale.popLast(), Bool.random(using: &random) else { return }
        let (bench, before) = (bench, try await traces())
        do {
            // It does not die again, and may get as far as it is let.
            let handler = bench.workflows.handler(Scripted(world: Life(Reaper([]))))
            let effect = try await handler.run(job)
            try await bench.write { session in
                try effect(session)
                try bench.queue.apply(.succeeded(token: job.token), to: job.id, in: session)
            }
            Issue.record("a stale worker was heard")
        } catch is LeaseLost {
            refusals += 1
        }
        #expect(try await traces() == before, "a stale worker left a trace")
    }

    private func traces() async throws -> [Int] {
        try await bench.database.read { session in
            try ["ledger", "workflow_steps", "workflows", "jobs"].map { table in
                try session.row("SELECT COUNT(*) AS count FROM \(SQL(stringLiteral: table))")?.get("count") ?? -1
            }
        }
    }

    private func cancel(_ id: WorkflowID) async throws {
        let bench = bench
        try await bench.write { try bench.workflows.cancel(id, in: $0) }
    }

    /// Sends the signals that are for runs that are there, each once; late ones only when nothing else can go on.
    @discardableResult
    private mutating func signal(_ arrival: WorkflowScript.Arrival) async throws -> Bool {
        let (bench, waits) = (bench, script.waits.filter { $0.arrival != .never })
        let early = Set(waits.filter { $0.arrival == .early }.map(\.signal))
        let runs = try await bench.database.read { session in
            let sent = try session.rows("SELECT name FROM workflow_signals").map { try $0.get("name", as: String.self) }
            let open = try session.rows("SELECT * FROM workflows WHERE ended_at IS NULL").map(WorkflowRun.init)
            return (open: open, sent: Set(sent))
        }
        var isSent = false
        for run in runs.open {
            let script: WorkflowScript = try WorkflowValue.decode(run.input, of: "the input")
            for (name, signal, _) in waits where name == script.name && !runs.sent.contains(signal) {
                guard early.contains(signal) || (arrival == .late && run.awaited == .signal(signal)) else { continue }
                try await bench.write { try bench.workflows.signal(run.id, signal, signal, in: $0) }
                isSent = true
            }
        }
        return isSent
    }

    private func jumpToTheNextTime() async throws {
        let next = try await bench.database.read { session in
            try session.row(
                """
                SELECT MIN(run_at) AS next FROM jobs WHERE state IN ('scheduled', 'retryable')
                """)?.get(optional: "next", as: Timestamp.self)
        }
        bench.clock.turn(to: try #require(next, "nothing goes on, and nothing will"))
    }

    /// What became of every run, by its name.
    func courses() async throws -> [String: WorkflowScript.Course] {
        let runs = try await bench.database.read { try $0.rows("SELECT * FROM workflows").map(WorkflowRun.init) }
        var courses: [String: WorkflowScript.Course] = [:]
        for run in runs {
            let script: WorkflowScript = try WorkflowValue.decode(run.input, of: "the input")
            #expect(courses[script.name] == nil, "a child was started twice")
            #expect(run.state.isFinal)
            courses[script.name] = WorkflowScript.Course(
                output: run.output.flatMap(Int.init), notes: try await bench.ledger(of: script.name))
        }
        return courses
    }
}
