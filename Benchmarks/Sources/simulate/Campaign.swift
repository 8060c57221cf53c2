import JobsTestKit

/// Many seeds, two at a time, each task on a database of its own that it clears between them.
struct Campaign {
    private static let tasks: UInt64 = 2
    /// Broken promises after which there is enough to look at.
    private static let mostViolations = 5

    struct Tally: Sendable {
        var seeds = 0
        var counts = SimulationCounts()
        var violations: [Violation] = []
    }

    let seeds: Range<UInt64>

    func run() async throws -> Tally {
        try await withThrowingTaskGroup(of: Tally.self) { group in
            for task in 0..<Self.tasks {
                group.addTask {
                    try await play(stride(from: seeds.lowerBound + task, to: seeds.upperBound, by: Int(Self.tasks)))
                }
            }
            return try await group.reduce(into: Tally()) { sum, tally in
                sum.seeds += tally.seeds
                sum.counts += tally.counts
                sum.violations += tally.violations
            }
        }
    }

    private func play(_ seeds: some Sequence<UInt64>) async throws -> Tally {
        let stage = try await Store.memory.stage()
        var tally = Tally()
        for seed in seeds {
            let outcome = try await Simulation.play(seed: seed, on: stage)
            tally.seeds += 1
            tally.counts += outcome.counts
            if let violation = outcome.violation { tally.violations.append(violation) }
            if tally.violations.count == Self.mostViolations { break }
        }
        return tally
    }
}
