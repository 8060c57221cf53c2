import Foundation
import JobsTestKit

// Plays simulations of the job queue: its workers, schedulers and workflows with all that can befall them.
//
//     simulate SEEDS [FIRST]           so many seeds of 100 steps, two at a time, in memory
//     simulate replay SEED [STORE]     one seed with all that happens, in `memory`, a `file`, or `postgres`
//
// The exit status is 1 if a promise was broken; each such seed is told, with the command that replays it.

func seconds(since start: ContinuousClock.Instant) -> String {
    (start.duration(to: .now) / .seconds(1)).formatted(.number.precision(.fractionLength(1)))
}

func simulate(_ seeds: Range<UInt64>) async throws -> Bool {
    let start = ContinuousClock.now
    let tally = try await Campaign(seeds: seeds).run()
    print("\(seeds.count) seeds × 100 steps in \(seconds(since: start)) s: \(tally.counts)")
    for violation in tally.violations { print(violation) }
    return tally.violations.isEmpty
}

func replay(_ seed: UInt64, in store: Store) async throws -> Bool {
    let outcome = try await Simulation.play(seed: seed, on: store.stage(), keepingTrace: true)
    for line in outcome.trace { print(line) }
    return outcome.violation == nil
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.dropFirst().map { $0 }) {
case ("replay", let rest) where (1...2).contains(rest.count):
    guard let seed = UInt64(rest[0]), let store = Store(rawValue: rest.count == 2 ? rest[1] : "memory") else {
        fallthrough
    }
    exit(try await replay(seed, in: store) ? 0 : 1)
case (let count?, let rest) where rest.count <= 1:
    guard let count = UInt64(count), let first = UInt64(rest.first ?? "1") else { fallthrough }
    exit(try await simulate(first..<first + count) ? 0 : 1)
default:
    print("usage: simulate SEEDS [FIRST] | simulate replay SEED [memory | file | postgres]")
    exit(2)
}
