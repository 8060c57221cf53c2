import StorageTestKit
import Testing

/// How far estimates are from what came, in queues that are played.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct EstimateErrorTests {
    /// Half a mean run: who comes to a free slot does not ask how long the line is.
    private static let shortestWait = 30.0

    @Test func `waits are foretold better than by any constant`() async throws {
        let played = try await withThrowingTaskGroup(of: (QueueScenario, [ForetoldJob]).self) { group in
            for scenario in QueueScenario.all {
                group.addTask {
                    var jobs: [ForetoldJob] = []
                    for seed in 1...Rounds.count(1) {
                        jobs += try await SimulatedQueue(scenario, seed: UInt64(seed)).run()
                    }
                    return (scenario, jobs)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        var atOnce: [(foretold: Double, actual: Double)] = []
        for (scenario, jobs) in played {
            let waits = jobs.filter { $0.actualWait >= Self.shortestWait }.map { ($0.wait, $0.actualWait) }
            let (wait, end) = (RelativeError(waits), RelativeError(jobs.map { ($0.completion, $0.actualCompletion) }))
            Rounds.report("\(scenario): wait \(wait); completion \(end)")
            #expect(wait.count >= 40 && wait.median < scenario.bound, "\(scenario): \(wait)")
            if !scenario.isForLater { atOnce += waits }
        }
        // What is for later is nearly as far away as it was told to be, and would flatter.
        let error = RelativeError(atOnce)
        Rounds.report("all that may start at once: wait \(error)")
        #expect(error.median < 0.35 && error.median < 0.6 * error.medianOfConstant, "\(error)")
    }
}

/// Of estimates, in parts of what came.
struct RelativeError: CustomStringConvertible {
    let count: Int
    let median: Double
    let p90: Double
    /// Of the constant that, as one sees afterwards, would have been best for these jobs.
    let medianOfConstant: Double

    init(_ jobs: [(foretold: Double, actual: Double)]) {
        func errors(_ estimate: (Double) -> Double) -> [Double] {
            jobs.map { abs(estimate($0.foretold) - $0.actual) / $0.actual }.sorted()
        }
        let own = errors { $0 }
        count = jobs.count
        (median, p90) = own.isEmpty ? (0, 0) : (own[count / 2], own[count * 9 / 10])
        // Each that came, though by hundreds not all.
        medianOfConstant =
            stride(from: 0, to: jobs.count, by: jobs.count / 100 + 1).map { index in
                errors { _ in jobs[index].actual }[jobs.count / 2]
            }.min() ?? 0
    }

    var description: String {
        func percent(_ part: Double) -> String { "\(Int((part * 100).rounded())) %" }
        return "\(percent(median)), p90 \(percent(p90)), constant \(percent(medianOfConstant)) of \(count)"
    }
}
