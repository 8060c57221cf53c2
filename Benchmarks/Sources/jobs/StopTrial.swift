import Figures
import Foundation
import Jobs
import SeededRandom
import Storage

/// Asks a busy worker to stop, at a random moment, and looks whether it does.
struct StopTrial {
    private static let (slots, grace) = (8, Duration.milliseconds(300))
    /// No start comes later after the signal.
    private static let lastStart = Duration.milliseconds(100)
    /// For the end of a run to be recorded, and of the process, after the grace.
    private static let farewell = Duration.milliseconds(700)

    private struct Findings: Encodable {
        let verdict: Verdict
        let rounds: Int
        /// Milliseconds after the signal; 0 for before it.
        var latestStart = 0.0
        var latestEnd = 0.0
        /// Workers that ended otherwise than well.
        var failures = 0
        /// Jobs that the worker still held when it was gone.
        var left = 0
        /// Jobs that it gave back.
        var released = 0
    }

    let place: Place

    init(_ place: Place) {
        self.place = place
    }

    func run(rounds: Int) async throws -> Never {
        let open = try await place.queue(.trial(.seconds(15)))
        var random = SplitMix64(seed: 1)
        var (enqueued, rows) = ([JobID](), [Round]())
        for number in 0..<rounds {
            // Some take longer than a worker may that is stopped.
            let chores = try (0..<100).map {
                try NewJob(Chore(milliseconds: $0 % 25 == 0 ? 450 : Int.random(in: 1...30, using: &random)))
            }
            try await open.enqueue(chores)
            enqueued += chores.map(\.id)
            let pause = Duration.milliseconds(Int.random(in: 0...400, using: &random))
            rows.append(try await round("r\(number)", after: pause, open))
        }
        let last = try WorkerProcess.start("last", on: place, concurrency: 1_000)
        _ = try await open.drained(within: .seconds(600))
        last.kill()
        let verdict = try await Verdict(on: open, enqueued: enqueued)
        var findings = Findings(verdict: verdict, rounds: rounds)
        findings.latestStart = (rows.map(\.latestStart).max() ?? .zero) / .milliseconds(1)
        findings.latestEnd = (rows.map(\.end).max() ?? .zero) / .milliseconds(1)
        findings.failures = rows.count { !$0.endedWell }
        findings.left = rows.reduce(0) { $0 + $1.left }
        findings.released = try await released(open)
        let inTime = rows.allSatisfy { $0.latestStart <= Self.lastStart && $0.end <= Self.grace + Self.farewell }
        try conclude(
            findings, isGood: verdict.isGood && inTime && findings.failures == 0 && findings.left == 0)
    }

    private struct Round {
        let latestStart: Duration
        let end: Duration
        let endedWell: Bool
        let left: Int
    }

    private func round(_ name: String, after pause: Duration, _ open: OpenQueue) async throws -> Round {
        let worker = try WorkerProcess.start(name, on: place, concurrency: Self.slots, grace: Self.grace)
        while try worker.said().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: pause)
        let (signalled, began) = (SystemClock().now(), ContinuousClock.now)
        worker.send(SIGTERM)
        let endedWell = worker.end()
        let end = began.duration(to: .now)
        let starts = try worker.said().map { word in
            if case .started(let time) = word { time - signalled } else { Duration.zero }
        }
        let left = try await open.database.read { session in
            try session.row("SELECT COUNT(*) AS count FROM jobs WHERE state = 'leased' AND lease_worker = \(name)")?
                .get("count", as: Int.self)
        }
        return Round(
            latestStart: max(.zero, starts.max() ?? .zero), end: end, endedWell: endedWell, left: left ?? 0)
    }

    private func released(_ open: OpenQueue) async throws -> Int {
        try await open.database.read { session in
            try session.row("SELECT COUNT(*) AS count FROM job_attempts WHERE outcome = 'released'")?.get("count") ?? 0
        }
    }
}
