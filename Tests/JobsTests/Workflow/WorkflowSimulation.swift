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

    enum Place: CaseIterable {
        /// In what the workflow does itself, in transactions and beside them.
        case inside
        /// In a transaction, after all of its statements.
        case beforeCommit
        case afterCommit
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
    func happenWhileWriting(_ place: String) throws { try pass(.inside, place) }

    func pass(_ kind: Reaper.Place, _ name: String) throws {
        if reaper.strikes(kind, name) { state.withLock { $0.isOver = true } }
        if isOver { throw Killed() }
    }

    func fails(_ step: String, times: Int) -> Bool { reaper.fails(step, times: times) }
}

/// The database as one worker reaches it: the worker may die at the end of each transaction, and just after each commit; and
/// some transactions are undone and run again, as after contention.
struct MortalDatabase: Database {
    let base: any Database
    let life: Life

    private struct Contention: Error {}

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        if life.isOver { throw Killed() }
        return try await base.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        let (progress, number, life) = (try await progress(), life.nextWrite(), life)
        let place = "\(progress), write \(number)"
        if (progress + number).isMultiple(of: 5) { try await runInVain(body) }
        let value = try await base.write { session in
            let value = try body(session)
            try life.pass(.beforeCommit, place)
            return value
        }
        try life.pass(.afterCommit, place)
        return value
    }

    private func runInVain<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws {
        do {
            _ = try await base.write { session in
                _ = try body(session)
                throw Contention()
            }
        } catch is Contention {}
    }

    /// Grows with what is recorded of runs: a write that changes nothing is no new place, or workers would die for ever.
    private func progress() async throws -> Int {
        if life.isOver { throw Killed() }
        return try await base.read { session in
            try session.row(
                """
                SELECT COUNT(*) + COUNT(ended_at) + COUNT(undone_at) + COALESCE(SUM(attempts + undo_attempts), 0)
                    + (SELECT COUNT(*) + COUNT(ended_at) FROM workflows) AS progress FROM workflow_steps
                """)?.get("progress") ?? 0
        }
    }
}

/// One script done by workers that are killed, come back late and see each other's traces, several at a time, on clocks that
/// only the simulation turns.
struct WorkflowSimulation {
    let bench: WorkflowBench
    let script: WorkflowScript
    let reaper: Reaper
    private let isSkewed: Bool
    private var random: SplitMix64
    private(set) var refusals = 0
    private(set) var jobs = 0
    private(set) var parkings = 0
    private var stale: [Job] = []

    /// A worker with a job.
    private struct Hand {
        let job: Job
        let clock: ManualClock
        let life: Life
        /// Once the job is run.
        var effect: JobEffect?
    }

    init(_ script: WorkflowScript, kills: Set<Reaper.Place>, seed: UInt64) async throws {
        (self.script, random) = (script, SplitMix64(seed: seed))
        (isSkewed, reaper) = (seed.isMultiple(of: 2) && !kills.isEmpty, Reaper(kills))
        bench = try await WorkflowBench { $0.lostLeases = 5 }
    }

    /// - Parameter cancelAfter: how many jobs until the run, or its job, is cancelled.
    /// - Returns: the run, which has ended.
    mutating func run(cancelAfter: Int? = nil) async throws -> WorkflowID {
        let (bench, script) = (bench, script)
        let id = try await bench.write { try bench.workflows.start(Scripted.self, script, in: $0) }
        var cancelAfter = cancelAfter
        while try await !isOver(id) {
            if let count = cancelAfter, jobs >= count, try await cancel(id) { cancelAfter = nil }
            try await signal(.due)
            if Int.random(in: 0..<8, using: &random) == 0 { try await lookAfter() }
            if try await turn() { continue }
            if try await signal(.all) { continue }
            if try await lookAfter() { continue }
            try await jumpToTheNextTime()
        }
        try await haunt(stale)
        return id
    }

    private func isOver(_ id: WorkflowID) async throws -> Bool {
        let (workflows, database) = (bench.workflows, bench.database)
        return try await database.read { try workflows.find(id, in: $0) }?.state.isFinal == true
    }

    /// Up to three jobs by as many workers, a little of each at a time; some die over theirs.
    private mutating func turn() async throws -> Bool {
        var hands: [Hand] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            if let hand = try await claim() { hands.append(hand) }
        }
        guard !hands.isEmpty else { return false }
        if !stale.isEmpty, Bool.random(using: &random) {
            try await haunt([stale.remove(at: .random(in: stale.indices, using: &random))])
        }
        while !hands.isEmpty {
            if Int.random(in: 0..<3, using: &random) == 0 { try await signal(.some) }
            let place = Int.random(in: hands.indices, using: &random)
            if try await !goOn(&hands[place]) { hands.remove(at: place) }
        }
        return true
    }

    private mutating func claim() async throws -> Hand? {
        let skew = isSkewed ? [0, 0, 3_600, -3_600, 86_400, -86_400].randomElement(using: &random) ?? 0 : 0
        let clock = ManualClock(bench.clock.now() + .seconds(skew))
        let queue = JobQueue(bench.database, policy: bench.queue.policy, clock: clock)
        guard let job = try await queue.claim(from: ["default"], by: "worker \(jobs)") else { return nil }
        jobs += 1
        return Hand(job: job, clock: clock, life: Life(reaper))
    }

    /// Runs the job, or records its end when it is run.
    ///
    /// - Returns: whether there is more to do.
    private mutating func goOn(_ hand: inout Hand) async throws -> Bool {
        let mortal = MortalDatabase(base: bench.database, life: hand.life)
        let queue = JobQueue(mortal, policy: bench.queue.policy, clock: hand.clock)
        let job = hand.job
        do {
            guard let effect = hand.effect else {
                hand.effect = try await Workflows(queue).handler(Scripted(world: hand.life)).run(job)
                return true
            }
            try await mortal.write { session in
                try effect(session)
                try queue.apply(.succeeded(token: job.token), to: job.id, in: session)
            }
        } catch let error where hand.life.isOver || error is LeaseLost {
            if hand.life.isOver { stale.append(job) } else { refusals += 1 }
            // Those who find it do not always know the workflow.
            let handler = bench.workflows.handler(Scripted(world: Life(Reaper([]))))
            try await bench.loseLeases(Int.random(in: 0..<4, using: &random) == 0 ? [] : [handler])
        }
        return false
    }

    /// Workers that were thought dead do what they were about to do.
    private mutating func haunt(_ jobs: [Job]) async throws {
        let before = try await traces()
        for job in jobs { try await haunt(by: job) }
        #expect(try await traces() == before, "a stale worker left a trace")
    }

    private mutating func haunt(by job: Job) async throws {
        let bench = bench
        let present = try await bench.database.read { try bench.queue.find(job.id, in: $0) }
        // Its lease was given by a clock that is ahead, and holds.
        if let lease = present?.course.lease, lease.token == job.token { return }
        do {
            // It does not die again, and may get as far as it is let.
            let handler = bench.workflows.handler(Scripted(world: Life(Reaper([]))))
            let effect = try await handler.run(job)
            try await bench.write { session in
                try effect(session)
                try bench.queue.apply(.succeeded(token: job.token), to: job.id, in: session)
            }
            Issue.record("a stale worker was heard")
        } catch let error where error is LeaseLost || error as? JobQueueError == .notFound(job.id) {
            refusals += 1
        }
    }

    /// All that is in the database.
    private func traces() async throws -> [String] {
        let tables: [(SQL, SQL)] = [
            ("ledger", "number"), ("workflow_steps", "workflow_id, position"), ("workflows", "id"), ("jobs", "id"),
            ("workflow_signals", "workflow_id, number"), ("job_attempts", "job_id, token"),
        ]
        return try await bench.database.read { session in
            try tables.flatMap { table, key in
                try session.rows("SELECT * FROM \(table) ORDER BY \(key)").map { "\($0.values)" }
            }
        }
    }

    /// The run itself, or the job that is to go on with it.
    /// - Returns: false where it was to be by its job, and it has none that goes on.
    private mutating func cancel(_ id: WorkflowID) async throws -> Bool {
        let (bench, byItsJob) = (bench, Bool.random(using: &random))
        return try await bench.write { session in
            guard byItsJob else {
                try bench.workflows.cancel(id, in: session)
                return true
            }
            guard let job = try bench.workflows.find(id, in: session)?.job,
                try bench.queue.find(job, in: session)?.course.state.isFinal == false
            else { return false }
            _ = try bench.queue.cancel(job, in: session)
            return true
        }
    }

    /// What the upkeep and operators do.
    ///
    /// - Returns: whether a run goes on by that.
    @discardableResult
    private mutating func lookAfter() async throws -> Bool {
        let bench = bench
        let recovered = try await bench.workflows.recoverAll()
        let resumed = try await bench.write { session in
            let parked = try bench.workflows.list(.parked, PageRequest(limit: 200), in: session).items
            for run in parked { try bench.workflows.resume(run.id, in: session) }
            try bench.queue.prune(endedBefore: bench.clock.now() - .seconds(3_600), in: session)
            try bench.queue.prune(endedBefore: bench.clock.now(), dead: true, in: session)
            return parked.count
        }
        parkings += resumed
        return recovered + resumed > 0
    }

    private enum Sending {
        /// What has to be sent by now.
        case due
        /// That, and some of what may be.
        case some
        /// All that may be sent.
        case all
    }

    /// Sends signals, each once.
    ///
    /// - Returns: whether a run may go on by that.
    @discardableResult
    private mutating func signal(_ sending: Sending) async throws -> Bool {
        let bench = bench
        let (open, sent, ended) = try await bench.database.read { session in
            (
                try session.rows("SELECT * FROM workflows WHERE ended_at IS NULL").map(WorkflowRun.init),
                Set(try session.rows("SELECT name FROM workflow_signals").map { try $0.get("name", as: String.self) }),
                Set(
                    try session.rows("SELECT name FROM workflow_steps WHERE ended_at IS NOT NULL")
                        .map { try $0.get("name", as: String.self) })
            )
        }
        var wakes = false
        for run in open {
            let script: WorkflowScript = try WorkflowValue.decode(run.input, of: "the input")
            for (name, signal, arrival) in script.waits where name == script.name && !sent.contains(signal) {
                let isAwaited = run.awaited == .signal(signal)
                let isSent =
                    switch arrival {
                    case .early: true
                    case .late: sending == .all ? isAwaited : sending == .some && Bool.random(using: &random)
                    case .last: isAwaited && (isSkewed || run.state.wakesAt.map { $0 <= bench.clock.now() } == true)
                    case .never: ended.contains(signal)
                    }
                guard isSent else { continue }
                try await bench.write { try bench.workflows.signal(run.id, signal, signal, in: $0) }
                wakes = wakes || isAwaited
            }
        }
        return wakes
    }

    private func jumpToTheNextTime() async throws {
        let next = try await bench.database.read { session in
            try session.row(
                """
                SELECT MIN(next) AS next FROM (
                    SELECT MIN(run_at) AS next FROM jobs WHERE state IN ('scheduled', 'retryable')
                    UNION ALL SELECT MIN(lease_until) FROM jobs WHERE state = 'leased'
                    UNION ALL SELECT MIN(run_at) FROM jobs WHERE state = 'ready') AS times
                """)?.get(optional: "next", as: Timestamp.self)
        }
        bench.clock.turn(to: max(bench.clock.now(), try #require(next, "nothing goes on, and nothing will")))
        try await bench.reclaim()
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
