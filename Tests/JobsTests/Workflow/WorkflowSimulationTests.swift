import FreshDatabases
import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Testing

/// Random workflows of 1 to 50 steps, whose workers are killed inside every step, and before and after every commit. For even
/// seeds their clocks are hours and days apart.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct WorkflowSimulationTests {
    // A round kills a hundred workers and more, each of whose successors replays the run from its beginning: so many are done
    // in a minute by two processors without optimisation; `WAXWING_ROUNDS=200` does more.
    private static let count = Rounds.count(FreshDatabase.postgresURL == nil ? 16 : 4)

    @Test func `whoever is killed wherever, the result is that of an unbroken run, and each effect is there once`()
        async throws
    {
        let totals = try await Self.sum(1...Self.count) { seed in
            let script = Self.script(seed)
            let expected = script.expected()
            var whole = try await WorkflowSimulation(script, kills: [], seed: seed)
            _ = try await whole.run()
            #expect(try await whole.courses() == expected, "seed \(seed), unbroken")
            var broken = try await WorkflowSimulation(script, kills: Self.kills, seed: seed)
            _ = try await broken.run()
            #expect(try await broken.courses() == expected, "seed \(seed)")
            return Totals(broken, expected)
        }
        Rounds.report("workflows, killed everywhere: \(totals)")
        #expect(totals.kills > totals.steps && totals.refusals > 0 && totals.parkings > 0)
    }

    @Test func `whoever is killed wherever, a cancelled run is undone once, last step first`() async throws {
        let totals = try await Self.sum(1...Self.count) { seed in
            let script = Self.script(seed)
            var random = SplitMix64(seed: seed &+ 1_000_000)
            var broken = try await WorkflowSimulation(script, kills: Self.kills, seed: seed)
            let id = try await broken.run(cancelAfter: .random(in: 0...20, using: &random))
            let courses = try await broken.courses()
            let isCancelled = try await broken.bench.state(of: id) == .cancelled
            for (name, course) in courses {
                let undos = course.notes.filter { $0.hasPrefix("undo") }
                let isUndone = course.output == nil
                let done = course.notes.filter { $0.hasPrefix("do") }
                #expect(Set(course.notes).count == course.notes.count, "seed \(seed), \(name)")
                #expect(isUndone || undos.isEmpty, "seed \(seed), \(name)")
                #expect(course.notes == done + undos, "seed \(seed), \(name)")
                let order = undos.compactMap { Int($0.split(separator: ".").last ?? "") }
                #expect(order == order.sorted(by: >), "seed \(seed), \(name)")
            }
            try await Self.checkUndone(broken, "seed \(seed)")
            if !isCancelled { #expect(courses == script.expected(), "seed \(seed), too late to be cancelled") }
            var totals = Totals(broken, courses)
            totals.cancelled = isCancelled ? 1 : 0
            return totals
        }
        Rounds.report("workflows, cancelled and killed everywhere: \(totals)")
        let half = totals.rounds / 2
        #expect(totals.kills > totals.steps && totals.refusals > 0 && totals.cancelled >= half)
    }

    /// By what is recorded: of a run that was undone, no step that was done is left.
    private static func checkUndone(_ simulation: WorkflowSimulation, _ seed: String) async throws {
        let left = try await simulation.bench.database.read { session in
            try session.rows(
                """
                SELECT workflow_steps.name AS name FROM workflow_steps
                JOIN workflows ON workflows.id = workflow_steps.workflow_id
                WHERE workflows.status IN ('failed', 'cancelled') AND workflow_steps.kind = 'work'
                    AND workflow_steps.state = 'done' AND undone_at IS NULL
                """
            ).map { try $0.get("name", as: String.self) }
        }
        #expect(left.isEmpty, "\(seed)")
    }

    private static let kills = Set(Reaper.Place.allCases)

    private static func script(_ seed: UInt64) -> WorkflowScript {
        var random = SplitMix64(seed: seed)
        let steps = Int.random(in: 1...50, using: &random)
        return WorkflowScript.random("r", steps: steps, depth: 2, &random)
    }

    private struct Totals: CustomStringConvertible, Sendable {
        var rounds = 0
        var steps = 0
        var runs = 0
        var kills = 0
        var refusals = 0
        var parkings = 0
        var cancelled = 0

        init() {}

        init(_ simulation: WorkflowSimulation, _ courses: [String: WorkflowScript.Course]) {
            (rounds, runs, kills) = (1, courses.count, simulation.reaper.kills)
            steps = courses.values.reduce(0) { $0 + $1.notes.count }
            (refusals, parkings) = (simulation.refusals, simulation.parkings)
        }

        var description: String {
            """
            \(rounds) rounds, \(runs) runs, \(steps) effects, \(kills) kills, \(refusals) stale workers refused, \
            \(parkings) times parked and resumed, \(cancelled) cancelled
            """
        }

        mutating func add(_ other: Totals) {
            rounds += other.rounds
            runs += other.runs
            steps += other.steps
            kills += other.kills
            refusals += other.refusals
            parkings += other.parkings
            cancelled += other.cancelled
        }
    }

    /// Four rounds at once: more would only wait for each other.
    private static func sum(
        _ seeds: ClosedRange<Int>, _ round: @escaping @Sendable (UInt64) async throws -> Totals
    ) async throws -> Totals {
        try await withThrowingTaskGroup(of: Totals.self) { group in
            for first in seeds.prefix(4) {
                group.addTask {
                    var totals = Totals()
                    for seed in stride(from: first, through: seeds.upperBound, by: 4) {
                        totals.add(try await round(UInt64(seed)))
                    }
                    return totals
                }
            }
            return try await group.reduce(into: Totals()) { $0.add($1) }
        }
    }
}
