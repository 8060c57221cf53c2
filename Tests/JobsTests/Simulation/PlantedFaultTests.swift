import JobsTestKit
import StorageSQLite
import StorageTestKit
import Testing

/// That the simulation finds mistakes: each of these is made on purpose.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct PlantedFaultTests {
    @Test(arguments: PlantedFault.allCases.filter { !PlantedFault.harmless.contains($0) })
    func `a mistake is found within few seeds`(fault: PlantedFault) async throws {
        let found = try await Self.firstViolation(planting: fault, 100)
        let violation = try #require(found, "\(fault.rawValue)")
        Rounds.report("\(fault.rawValue): \(violation)")
        // Its seed alone, on another database, shows it again.
        let stage = try await SimulationStage(DirectSQLiteDatabase(), name: "memory")
        let again = try await Simulation.play(seed: violation.seed, on: stage, planting: fault).violation
        #expect(again == violation)
    }

    @Test(arguments: PlantedFault.harmless.sorted { $0.rawValue < $1.rawValue })
    func `each of the two guards against stale workers is enough`(fault: PlantedFault) async throws {
        #expect(try await Self.firstViolation(planting: fault, 40) == nil, "\(fault.rawValue)")
    }

    @Test func `a violation names the command that shows it again`() {
        let violation = Violation(seed: 17, step: 43, what: "a job is lost", store: "file")
        #expect(violation.description.contains("seed 17, step 43: a job is lost"))
        #expect(violation.replay == "make simulate REPLAY=17 STORE=file")
    }

    private static func firstViolation(planting fault: PlantedFault, _ seeds: UInt64) async throws -> Violation? {
        let stage = try await SimulationStage(DirectSQLiteDatabase(), name: "memory")
        for seed in 1...seeds {
            if let violation = try await Simulation.play(seed: seed, on: stage, planting: fault).violation {
                return violation
            }
        }
        return nil
    }
}
