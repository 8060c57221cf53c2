import FreshDatabases
import Jobs
import Storage
import StorageTestKit
import Testing

/// Three schedulers on one database, whose machines' clocks are hours and days apart, and jump, and who are killed at any
/// point. What they do at once follows from the seed, in which order it comes does not.
struct ScheduleSimulation {
    private let databases: [any Database]
    private let clocks: [ManualClock]
    private let start = utc("2025-10-25T12:00:00Z")
    private var random: SplitMix64
    /// What time it is, and how far each scheduler's clock is off.
    private var now: Timestamp
    private var skews: [Duration]
    /// The furthest that a clock has shown to a scheduler.
    private var latest: Timestamp
    private(set) var kills = 0
    private(set) var ticks = 0

    /// How often people ran a schedule.
    private var runsByHand = 0

    private enum Act: Sendable {
        case rest
        case turn
        /// Dies after so many points, and starts again.
        case turnAndDie(points: Int)
    }

    init(seed: UInt64) async throws {
        random = SplitMix64(seed: seed)
        databases = try await Self.connected()
        clocks = [ManualClock(start), ManualClock(start), ManualClock(start)]
        (now, latest) = (start, start)
        skews = [.zero, .zero, .zero]
        try await schedules(of: 0).register(Self.schedules, by: "app")
        try await put(Self.restless(180))
    }

    /// On a server, each scheduler has connections of its own.
    private static func connected() async throws -> [any Database] {
        guard FreshDatabase.postgresURL != nil else {
            let database = try await freshScheduleDatabase()
            return [database, database, database]
        }
        let schema = try await FreshDatabase.schema()
        let databases = try (0..<3).map { try schema.database(name: "scheduler \($0)") }
        try await databases[0].migrate(
            [JobSchema.migrations, ScheduleSchema.migrations], at: Timestamp(milliseconds: 0))
        return databases
    }

    private static var schedules: [Schedule] {
        get throws {
            let recurrences: [(String, Recurrence)] = try [
                ("five minutes", .cron("*/5 * * * *")), ("three minutes", .every(.seconds(180))),
                ("half past two in Berlin", .cron("30 2 * * *", in: "Europe/Berlin")),
                ("hours of Lord Howe", .cron("0 * * * *", in: "Australia/Lord_Howe")),
            ]
            let passing: [(String, CatchUp)] = [("once", .once), ("skip", .skip(olderThan: .seconds(120)))]
            return try recurrences.map { try Schedule($0, $1, catchUp: .all(), enqueues: $0) }
                + passing.map { try Schedule($0, .every(.seconds(240)), catchUp: $1, enqueues: $0) }
        }
    }

    /// Which people pause, resume and change.
    private static func restless(_ seconds: Int) throws -> Schedule {
        try Schedule("restless", .every(.seconds(seconds)), catchUp: .all(limit: 20), enqueues: "restless")
    }

    private func put(_ schedule: Schedule) async throws {
        let schedules = schedules(of: 0)
        try await databases[0].write { try schedules.put(schedule, by: "people", in: $0) }
    }

    private func schedules(of scheduler: Int, on database: (any Database)? = nil) -> Schedules {
        Schedules(JobQueue(database ?? databases[scheduler], clock: clocks[scheduler]))
    }

    /// Some time goes by, a clock may jump, and all schedulers do something at once.
    mutating func step() async throws {
        now = now + .seconds(Int.random(in: 0...300, using: &random))
        if Int.random(in: 0..<6, using: &random) == 0 {
            let jump = [0, 3_600, -3_600, 86_400, -86_400].randomElement(using: &random) ?? 0
            skews[Int.random(in: 0..<3, using: &random)] = .seconds(jump)
        }
        let acts = (0..<3).map { _ in act() }
        for (scheduler, act) in acts.enumerated() {
            clocks[scheduler].turn(to: now + skews[scheduler])
            if case .rest = act { continue }
            latest = max(latest, clocks[scheduler].now())
        }
        let simulation = self
        let killed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for (scheduler, act) in acts.enumerated() {
                group.addTask { try await simulation.perform(act, by: scheduler) }
            }
            return try await group.reduce(into: 0) { killed, isKilled in killed += isKilled ? 1 : 0 }
        }
        kills += killed
        try await meddle()
    }

    /// What people do to schedules by hand, now and then.
    private mutating func meddle() async throws {
        let schedules = schedules(of: 0)
        let act = Int.random(in: 0..<12, using: &random)
        if act == 0 { try await put(Self.restless([180, 300, 420].randomElement(using: &random) ?? 180)) }
        runsByHand += act == 3 ? 1 : 0
        try await databases[0].write { session in
            switch act {
            case 1: try schedules.pause("restless", in: session)
            case 2: try schedules.resume("restless", in: session)
            case 3: _ = try schedules.run("once", by: "grace", in: session)
            default: break
            }
        }
    }

    private mutating func act() -> Act {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: .rest
        case 2...5: .turn
        default: .turnAndDie(points: Int.random(in: 0...5, using: &random))
        }
    }

    /// - Returns: whether the scheduler was killed.
    private func perform(_ act: Act, by scheduler: Int) async throws -> Bool {
        switch act {
        case .rest: return false
        case .turn:
            let turn = try await schedules(of: scheduler).claimDue(by: "\(scheduler)")
            #expect(turn.failures.isEmpty)
            return false
        case .turnAndDie(let points):
            let fuse = FuseDatabase(databases[scheduler], points: points)
            do {
                let dying = schedules(of: scheduler, on: fuse)
                _ = try await dying.claimDue(by: "\(scheduler)")
                try await dying.register(Self.schedules, by: "app")
            } catch is FuseDatabase.Blown {}
            guard fuse.isBlown else { return false }
            try await schedules(of: scheduler).register(Self.schedules, by: "app")
            return true
        }
    }

    /// After all is claimed up to the latest time that was shown, every slot has one run, and every run one job.
    mutating func check() async throws {
        for clock in clocks { clock.turn(to: latest) }
        for scheduler in 0..<3 { _ = try await schedules(of: scheduler).claimDue(by: "\(scheduler)") }
        try await checkRestless()
        for schedule in try Self.schedules {
            guard case .all = schedule.catchUp else {
                try await checkPassing(schedule)
                continue
            }
            let (slots, jobs) = try await databases[0].read { session in
                let slots = try session.rows(
                    """
                    SELECT slot FROM schedule_runs JOIN jobs ON jobs.id = schedule_runs.job_id
                    WHERE schedule = \(schedule.name) ORDER BY slot
                    """
                ).map { try $0.get("slot", as: Timestamp.self) }
                let count: Int? = try session.row("SELECT COUNT(*) AS count FROM jobs WHERE kind = \(schedule.kind)")?
                    .get("count")
                return (slots, count)
            }
            let expected = expectedSlots(of: schedule)
            #expect(slots == expected)
            #expect(jobs == expected.count)
            ticks += slots.count
        }
    }

    /// Whatever people did, every run has one job, and its slot is one of some kind that the schedule had.
    private func checkRestless() async throws {
        let (runs, jobs) = try await databases[0].read { session in
            let runs = try session.rows("SELECT slot, job_id FROM schedule_runs WHERE schedule = 'restless'").map {
                (slot: try $0.get("slot", as: Timestamp.self), job: try $0.get("job_id", as: JobID.self))
            }
            let jobs = try session.rows("SELECT id FROM jobs WHERE kind = 'restless'").map {
                try $0.get("id", as: JobID.self)
            }
            return (runs, jobs)
        }
        #expect(Set(jobs) == Set(runs.map(\.job)) && jobs.count == runs.count)
        #expect(Set(runs.map(\.slot)).count == runs.count)
        let known: [Int64] = [180_000, 300_000, 420_000]
        #expect(runs.allSatisfy { run in known.contains { run.slot.milliseconds.isMultiple(of: $0) } })
    }

    /// Every slot is run, or passed over by one run.
    private mutating func checkPassing(_ schedule: Schedule) async throws {
        let (runs, jobs) = try await databases[0].read { session in
            let runs = try session.rows(
                """
                SELECT slot, COALESCE(passed_over, slot) AS first_slot, job_id FROM schedule_runs
                WHERE schedule = \(schedule.name) AND slot IS NOT NULL ORDER BY slot
                """
            ).map { row in
                (
                    first: try row.get("first_slot", as: Timestamp.self), last: try row.get("slot", as: Timestamp.self),
                    hasJob: try row.get(optional: "job_id", as: String.self) != nil
                )
            }
            let count: Int? = try session.row("SELECT COUNT(*) AS count FROM jobs WHERE kind = \(schedule.kind)")?
                .get("count")
            return (runs, count)
        }
        var decided: [Timestamp] = []
        for run in runs {
            var slot = run.first
            while slot <= run.last {
                decided.append(slot)
                slot = slot + .seconds(240)
            }
        }
        let (enqueued, byHand) = (runs.count { $0.hasJob }, schedule.name == "once" ? runsByHand : 0)
        #expect(decided == expectedSlots(of: schedule))
        #expect(jobs == enqueued + byHand)
        #expect(schedule.catchUp != .once || enqueued == runs.count)
        ticks += decided.count
    }

    private func expectedSlots(of schedule: Schedule) -> [Timestamp] {
        var slots: [Timestamp] = []
        while let slot = schedule.recurrence.next(after: slots.last ?? start), slot <= latest { slots.append(slot) }
        return slots
    }
}

@Suite(.timeLimit(.minutes(Rounds.minutes))) struct ScheduleSimulationTests {
    @Test func `killed schedulers whose clocks jump claim each slot exactly once`() async throws {
        let rounds = Rounds.count(FreshDatabase.postgresURL == nil ? 25 : 6)
        var (ticks, kills) = (0, 0)
        for seed in 1...UInt64(rounds) {
            var simulation = try await ScheduleSimulation(seed: seed)
            for _ in 0..<40 { try await simulation.step() }
            try await simulation.check()
            (ticks, kills) = (ticks + simulation.ticks, kills + simulation.kills)
        }
        Rounds.report("3 schedulers, \(rounds) rounds: \(ticks) slots, \(kills) kills, each slot claimed once")
        // In 25 rounds 10,000 slots and 1,000 kills.
        #expect(ticks >= 400 * rounds && kills >= 40 * rounds)
    }
}
