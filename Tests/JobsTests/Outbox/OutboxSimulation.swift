import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

/// Workers that send, fail, die before or after it, and come back late, on a clock that jumps. All of it follows from the
/// seed, but for the names of jobs: no two are due at once, so that these decide nothing.
///
/// Beside the outbox runs a model of who may speak and of what providers have taken.
struct OutboxSimulation {
    /// A sending that is over and not recorded.
    private struct Run {
        let job: Job
        let message: MessageID
        let effect: JobEffect
        let endedAt: Timestamp
        /// Nil when the provider took it.
        let failure: DeliveryFailure?
    }

    private let bench: OutboxBench
    private let kind: MessageKind
    private var random: SplitMix64
    private var accepted: Set<MessageID> = []
    private var keys: [String: MessageID] = [:]
    private var runs: [Run] = []
    /// Who truly holds which job.
    private var held: [JobID: (token: Int, until: Timestamp)] = [:]
    private var last: [MessageID: MessageCourse] = [:]
    private var replayed: Set<MessageID> = []
    /// How often a provider took each message, and how often nobody could record it.
    private var taken: [MessageID: Int] = [:]
    private var unrecorded: [MessageID: Int] = [:]
    private(set) var refusals = 0
    /// The latest that the clock ever showed: what was due then stays due when it is set back.
    private var latest: Timestamp

    init(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        kind = seed.isMultiple(of: 2) ? .email : .sms
        let waits: [Duration] = [.seconds(1), .seconds(2), .seconds(30), .seconds(3_600)]
        bench = try await OutboxBench(
            schedules: [kind: DeliverySchedule(waits: waits)], jitter: .random(in: 0...1, using: &random))
        (latest, self.random) = (bench.clock.now(), random)
    }

    mutating func step() async throws {
        bench.clock.advance(by: .milliseconds(1))
        latest = max(latest, bench.clock.now())
        switch Int.random(in: 0..<20, using: &random) {
        case 0...3: try await add()
        case 4...9: try await send()
        case 10...13: try await record()
        case 14: kill()
        case 15: try await reclaim()
        case 16: try await cancelOrRescue()
        case 17: try await replay()
        default: jump()
        }
        try await check()
    }

    /// Lets honest workers and kind providers do all that is left.
    mutating func drain() async throws {
        bench.clock.advance(by: .seconds(86_400))
        try await reclaim()
        while !runs.isEmpty { try await record() }
        try await check()
        for _ in 0..<20 where last.values.contains(where: { $0.state.status == .pending }) {
            bench.clock.advance(by: .seconds(2 * 86_400))
            latest = max(latest, bench.clock.now())
            try await reclaim()
            _ = try await bench.rescue()
            while try await send(failing: false) {
                try await record()
            }
            try await check()
        }
        #expect(last.count == accepted.count)
        #expect(last.values.allSatisfy { $0.state.status != .pending }, "a message was lost")
        for (id, course) in last where course.state.status == .delivered {
            #expect(taken[id, default: 0] == unrecorded[id, default: 0] + 1, "sent twice without need, or not at all")
        }
    }

    private mutating func add() async throws {
        let key = Bool.random(using: &random) ? "\(Int.random(in: 0..<10, using: &random))" : nil
        let delay = Int.random(in: 0..<4, using: &random) == 0 ? Int.random(in: -20...20, using: &random) : 0
        let content: MessageContent = try kind == .email ? .email(.example) : .sms(.example)
        let message = try NewMessage(
            id: randomID(), content, idempotencyKey: key, priority: .random(in: 0...1, using: &random),
            sendAt: delay == 0 ? nil : bench.clock.now() + .seconds(delay))
        let (outbox, isUndone) = (bench.outbox, Int.random(in: 0..<5, using: &random) == 0)
        do {
            let id = try await bench.database.write { session in
                let id = try outbox.add(message, in: session)
                if isUndone { throw Undo() }
                return id
            }
            let known = key.flatMap { keys[$0] }
            #expect(id == known ?? message.id)
            accepted.insert(id)
            if let key { keys[key] = id }
        } catch is Undo {}
    }

    private mutating func randomID() throws -> MessageID {
        let digits = (0..<32).map { _ in String(Int.random(in: 0..<16, using: &random), radix: 16) }
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { digits[$0].joined() }
        return try #require(MessageID(groups.joined(separator: "-")))
    }

    @discardableResult
    private mutating func send(failing: Bool = true) async throws -> Bool {
        guard let job = try await bench.claim(by: "worker \(Int.random(in: 0..<4, using: &random))") else {
            return false
        }
        #expect(held[job.id] == nil, "two workers hold one job")
        held[job.id] = (job.token, bench.clock.now() + bench.queue.policy.lease)
        // Some die before they have sent anything.
        if failing, Int.random(in: 0..<8, using: &random) == 0 { return true }
        let failure = failing ? randomFailure() : nil
        let before = bench.provider.sent.items.count
        if let failure { bench.provider.fail(failure) }
        let effect = try await bench.delivery.run(job)
        bench.provider.recover()
        let sent = bench.provider.sent.items.dropFirst(before)
        #expect(sent.count == 1, "a job of an open message sends it once")
        guard let message = sent.first, let course = last[message] else { return true }
        guard case .pending(let due) = course.state else {
            Issue.record("sent in state \(course.state)")
            return true
        }
        #expect(due <= latest, "sent too early")
        if failure == nil { taken[message, default: 0] += 1 }
        runs.append(
            Run(job: job, message: message, effect: effect, endedAt: bench.clock.now(), failure: failure))
        return true
    }

    private mutating func randomFailure() -> DeliveryFailure? {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: .passing("no answer")
        case 4: .later(after: .seconds(Int.random(in: -10...100_000, using: &random)), "too many")
        case 5: .final("no such reader")
        default: nil
        }
    }

    /// Some worker comes to record how its sending went. It may long have lost its job.
    private mutating func record() async throws {
        guard let index = runs.indices.randomElement(using: &random) else { return }
        let run = runs.remove(at: index)
        let isHolder = held[run.job.id]?.token == run.job.token
        do {
            try await bench.finish(run.job, run.effect)
            #expect(isHolder, "a stale worker was heard")
            held[run.job.id] = nil
            let course = try await bench.message(run.message).course
            check(course, after: run)
        } catch is LeaseLost {
            refuse(run, isHolder)
        } catch is OutboxError {
            refuse(run, isHolder)
        }
    }

    private mutating func refuse(_ run: Run, _ isHolder: Bool) {
        #expect(!isHolder, "the holder was refused")
        refusals += 1
        if run.failure == nil { unrecorded[run.message, default: 0] += 1 }
    }

    private func check(_ course: MessageCourse, after run: Run) {
        let schedule = bench.outbox.schedule(of: kind)
        guard let failure = run.failure else {
            #expect(course.state == .delivered(at: run.endedAt))
            return
        }
        guard case .pending(let due) = course.state else {
            let isOver = course.attempts == schedule.attempts || failure == .final("no such reader")
            #expect(isOver, "given up too early")
            #expect(course.state == .dead(at: run.endedAt, reason: failure.reason))
            return
        }
        let (wait, longest) = (due - run.endedAt, schedule.waits[course.attempts - 1])
        switch failure {
        case .passing:
            #expect(wait <= longest)
            #expect(wait >= longest * 0.75 - .milliseconds(1))
        case .later(let asked, _):
            let kept = min(max(asked, .zero), schedule.longestRetryAfter)
            #expect(wait <= max(longest, kept * 1.25))
            #expect(wait >= max(longest * 0.75, kept) - .milliseconds(1))
        case .final: Issue.record("a failure that cannot pass is tried again")
        }
    }

    /// A worker dies after it has sent, and before it has recorded that.
    private mutating func kill() {
        guard let index = runs.indices.randomElement(using: &random) else { return }
        let run = runs.remove(at: index)
        if run.failure == nil { unrecorded[run.message, default: 0] += 1 }
    }

    private mutating func reclaim() async throws {
        let now = bench.clock.now()
        let delivery = bench.delivery
        try await bench.queue.reclaimExpired(JobHandlers([delivery]))
        held = held.filter { $0.value.until > now }
    }

    private mutating func cancelOrRescue() async throws {
        let open = accepted.filter { last[$0]?.state.status == .pending }
        let sorted = open.sorted { $0.text < $1.text }
        guard let id = sorted.randomElement(using: &random) else { return }
        let (queue, job) = (bench.queue, try await bench.message(id).job)
        if held[job] == nil, Bool.random(using: &random) {
            do {
                _ = try await bench.database.write { try queue.cancel(job, in: $0) }
            } catch is InvalidTransition {
                // It was cancelled before, and its message is not due yet.
            }
        }
        _ = try await bench.rescue()
    }

    private mutating func replay() async throws {
        let dead = accepted.filter { last[$0]?.state.status == .dead }.sorted { $0.text < $1.text }
        guard let id = dead.randomElement(using: &random) else { return }
        let outbox = bench.outbox
        _ = try await bench.database.write { try outbox.replay(id, in: $0) }
        replayed.insert(id)
    }

    private mutating func jump() {
        let seconds = Int.random(in: 0..<8, using: &random) == 0 ? -3_600...86_400 : 0...20
        bench.clock.advance(by: .seconds(Int.random(in: seconds, using: &random)))
    }

    private mutating func check() async throws {
        let courses = try await bench.database.read { session in
            var courses: [MessageID: MessageCourse] = [:]
            for row in try session.rows("SELECT * FROM outbox_messages") {
                courses[try row.get("id")] = try MessageCourse(row)
            }
            return courses
        }
        #expect(Set(courses.keys) == accepted)
        for (id, course) in courses {
            #expect((0...bench.outbox.schedule(of: kind).attempts).contains(course.attempts))
            guard let before = last[id] else { continue }
            #expect(course.token >= before.token)
            if before.state.status != .pending, !replayed.contains(id) { #expect(course == before) }
        }
        (last, replayed) = (courses, [])
    }
}

@Suite struct OutboxSimulationTests {
    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `no message is lost, and none sent twice unless a worker died in between`(seed: UInt64) async throws {
        var simulation = try await OutboxSimulation(seed: seed)
        for _ in 0..<150 { try await simulation.step() }
        try await simulation.drain()
    }

    @Test func `workers that lost their messages try to end them, and are refused`() async throws {
        var refusals = 0
        for seed in 1...10 as ClosedRange<UInt64> {
            var simulation = try await OutboxSimulation(seed: seed)
            for _ in 0..<150 { try await simulation.step() }
            refusals += simulation.refusals
        }
        #expect(refusals > 10)
    }
}
