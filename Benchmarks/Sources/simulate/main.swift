import Foundation
import JobsTestKit

// Plays simulations of the job queue: its workers, schedulers and workflows with all that can befall them.
//
//     simulate SEEDS [FIRST]           so many seeds of 100 steps, two at a time, in memory
//     simulate replay SEED [STORE]     one seed with all that happens, in `memory`, a `file`, or `postgres`
//
// The exit status is 1 if a promise was broken; each such seed is told, with the command that replays it.

func simulate(_ seeds: Range<UInt64>) async throws -> Bool {
    let start = ContinuousClock.now
    let tally = try await Campaign(seeds: seeds).run()
    let (time, work) = (start.duration(to: .now), processorTime())
    print(
        "\(tally.seeds) seeds × 100 steps in \(time.inSeconds) s, \(work.inSeconds) s of processors: \(tally.counts)")
    for violation in tally.violations { print(violation) }
    return tally.violations.isEmpty
}

/// Of all threads: what a busy machine does not change.
func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

extension Duration {
    var inSeconds: String { (self / .seconds(1)).formatted(.number.precision(.fractionLength(1))) }
}

func replay(_ seed: UInt64, in store: Store) async throws -> Bool {
    let outcome = try await Simulation.play(seed: seed, on: store.stage(), keepingTrace: true)
    for line in outcome.trace { print(line) }
    return outcome.violation == nil
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "replay", let seed = arguments.dropFirst().first.flatMap(UInt64.init),
    let store = Store(rawValue: arguments.count > 2 ? arguments[2] : "memory")
{
    exit(try await replay(seed, in: store) ? 0 : 1)
}
guard let count = arguments.first.flatMap(UInt64.init), let first = UInt64(arguments.count > 1 ? arguments[1] : "1")
else {
    print("usage: simulate SEEDS [FIRST] | simulate replay SEED [memory | file | postgres]")
    exit(2)
}
exit(try await simulate(first..<first + count) ? 0 : 1)
