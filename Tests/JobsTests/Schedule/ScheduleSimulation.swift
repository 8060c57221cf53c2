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
            return try recurrences.map { try Schedule($0, $1, catchUp: .all(), enqueues: $0) }
        }
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
    }

    private mutating func act() -> Act {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: .rest
        case 2...5: .turn
        default: .turnAndDie(points: Int.random(in: 0...16, using: &random))
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
        for schedule in try Self.schedules {
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

    private func expectedSlots(of schedule: Schedule) -> [Timestamp] {
        var slots: [Timestamp] = []
        while let slot = schedule.recurrence.next(after: slots.last ?? start), slot <= latest { slots.append(slot) }
        return slots
    }
}

@Suite(.timeLimit(.minutes(Rounds.minutes))) struct ScheduleSimulationTests {
    @Test func `killed schedulers whose clocks jump claim each slot exactly once`() async throws {
        let rounds = Rounds.count(4)
        var (ticks, kills) = (0, 0)
        for seed in 1...UInt64(rounds) {
            var simulation = try await ScheduleSimulation(seed: seed)
            for _ in 0..<40 { try await simulation.step() }
            try await simulation.check()
            (ticks, kills) = (ticks + simulation.ticks, kills + simulation.kills)
        }
        Rounds.report("3 schedulers, \(rounds) rounds: \(ticks) slots, \(kills) kills, each slot claimed once")
        #expect(ticks > 100 * rounds && kills > rounds)
    }
}
