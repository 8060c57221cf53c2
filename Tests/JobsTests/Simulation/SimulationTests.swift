import FreshDatabases
import Jobs
import JobsTestKit
import Storage
import StorageSQLite
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(Rounds.minutes))) struct SimulationTests {
    @Test func `whatever befalls workers, schedulers and workflows, nothing is lost and nothing done twice`()
        async throws
    {
        let seeds = Rounds.count(FreshDatabase.postgresURL == nil ? 200 : 20)
        // Two at a time: more would only wait for each other.
        let counts = try await withThrowingTaskGroup(of: SimulationCounts.self) { group in
            for first in 1...2 {
                group.addTask { try await Self.play(stride(from: first, through: seeds, by: 2)) }
            }
            return try await group.reduce(into: SimulationCounts()) { $0 += $1 }
        }
        Rounds.report("jobs, \(seeds) seeds: \(counts)")
        #expect(counts.effects > 5 * seeds && counts.deaths > seeds && counts.doubled > seeds)
        #expect(counts.refusals > seeds / 4 && counts.flows > seeds / 2 && counts.slots > seeds)
        #expect(counts.served > 5 * seeds && counts.retirements > seeds / 4 && counts.rescues > seeds / 4)
    }

    private static func play(_ seeds: some Sequence<Int>) async throws -> SimulationCounts {
        let folder = try TemporaryFolder()
        let stage =
            FreshDatabase.postgresURL == nil
            ? try await SimulationStage(SQLiteDatabase(path: "\(folder.path)/jobs.sqlite"), name: "file")
            : try await SimulationStage(FreshDatabase.make(), name: "postgres")
        var counts = SimulationCounts()
        for seed in seeds {
            let outcome = try await Simulation.play(seed: UInt64(seed), on: stage)
            if let violation = outcome.violation { Issue.record(violation) }
            counts += outcome.counts
        }
        return counts
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `a seed does the same again, step by step, on whichever database`(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let memory = try await SimulationStage(DirectSQLiteDatabase(), name: "memory")
        let file = try await SimulationStage(SQLiteDatabase(path: "\(folder.path)/jobs.sqlite"), name: "file")
        var traces: [[String]] = []
        for stage in [memory, file, memory] {
            // Whatever was played there before.
            _ = try await Simulation.play(seed: seed + 1_000, steps: 20, on: stage)
            traces.append(try await Simulation.play(seed: seed, on: stage, keepingTrace: true).trace)
        }
        #expect(traces[0].count > 150)
        #expect(traces[1] == traces[0])
        #expect(traces[2] == traces[0])
    }

    @Test func `seeds differ`() async throws {
        let stage = try await SimulationStage(DirectSQLiteDatabase(), name: "memory")
        let one = try await Simulation.play(seed: 1, on: stage, keepingTrace: true).trace
        let other = try await Simulation.play(seed: 2, on: stage, keepingTrace: true).trace
        #expect(one != other)
    }
}
