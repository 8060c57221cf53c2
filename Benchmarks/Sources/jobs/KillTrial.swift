import Figures
import Foundation
import Jobs
import SeededRandom
import Storage

/// Kills workers over and over, each at a random moment, and looks what became of their jobs.
struct KillTrial {
    private static let (workers, slots, lease) = (8, 4, Duration.seconds(3))

    private struct Findings: Encodable {
        let verdict: Verdict
        let kills: Int
        let restarts: Int
        /// Workers that ended without having been killed.
        let deaths: Int
        /// Jobs that a killed worker held.
        let rescued: Int
        /// Milliseconds from the kill to the next start of such a job, without those when the server was away.
        let rescueP99: Double
        let longestRescue: Double
        /// Ends of runs that came too late and were not taken.
        let refused: Int
    }

    let place: Place
    /// Restarts the server; nil for none.
    let restart: String?

    init(_ place: Place, restart: String?) {
        (self.place, self.restart) = (place, restart)
    }

    /// - Parameter jobs: enqueued bit by bit, a part after each kill.
    func run(kills: Int, jobs: Int) async throws -> Never {
        let open = try await place.queue(.trial(Self.lease))
        var random = SplitMix64(seed: 1)
        var (crew, killed, enqueued) = ([WorkerProcess](), [String: Timestamp](), [JobID]())
        var (outages, deaths, refused) = ([Outage](), 0, 0)
        for number in 0..<Self.workers { crew.append(try start(number)) }
        for kill in 0..<kills {
            let share = jobs * (kill + 1) / kills - jobs * kill / kills
            let chores = try (0..<share).map { _ in
                try NewJob(Chore(milliseconds: Int.random(in: 0...100, using: &random)))
            }
            try await open.enqueueSurely(chores)
            enqueued += chores.map(\.id)
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...500, using: &random)))

            let victim = Int.random(in: crew.indices, using: &random)
            if !crew[victim].isRunning { deaths += 1 }
            killed[crew[victim].name] = SystemClock().now()
            crew[victim].kill()
            refused += try crew[victim].said().count { $0 == .refused }
            crew[victim] = try start(Self.workers + kill)
            if let restart, kill % 50 == 49 { outages.append(try Outage(shell: restart)) }
        }
        let isDrained = try await open.drained(within: .seconds(600))
        for worker in crew {
            if !worker.isRunning { deaths += 1 }
            worker.kill()
            refused += try worker.said().count { $0 == .refused }
        }
        let verdict = try await Verdict(on: open, enqueued: enqueued)
        let times = try await rescues(of: killed, open).map { rescue in
            outages.reduce(rescue.until - rescue.from) { $0 - $1.overlap(with: rescue) }
        }
        let rescues = Latency("rescue", rows: 1, times: times + [.zero])
        let findings = Findings(
            verdict: verdict, kills: kills, restarts: outages.count, deaths: deaths, rescued: rescues.runs - 1,
            rescueP99: rescues.p99, longestRescue: rescues.longest, refused: refused)
        let inTime = rescues.p99 < Self.lease / .milliseconds(1) * 2
        try conclude(findings, isGood: verdict.isGood && isDrained && deaths == 0 && inTime)
    }

    private func start(_ number: Int) throws -> WorkerProcess {
        try .start("w\(number)", on: place, concurrency: Self.slots, lease: Self.lease)
    }

    /// From the kill of a worker to the next start of each job that it held.
    private func rescues(of killed: [String: Timestamp], _ open: OpenQueue) async throws -> [Span] {
        let rows = try await open.database.read { session in
            try session.rows(
                """
                SELECT held.worker, MIN(next.started_at) AS started FROM job_attempts AS held
                JOIN job_attempts AS next ON next.job_id = held.job_id AND next.token = held.token + 1
                WHERE held.outcome = 'lease expired' GROUP BY held.job_id, held.token, held.worker
                """
            ).map { (try $0.get("worker", as: String.self), try $0.get("started", as: Timestamp.self)) }
        }
        return rows.compactMap { worker, started in killed[worker].map { Span(from: $0, until: started) } }
    }
}

private struct Span {
    let from: Timestamp
    let until: Timestamp
}

/// A restart of the server, from the command to its end.
private struct Outage {
    private let span: Span

    init(shell command: String) throws {
        let (began, process) = (SystemClock().now(), Process())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        try process.run()
        process.waitUntilExit()
        span = Span(from: began, until: SystemClock().now())
    }

    func overlap(with other: Span) -> Duration {
        max(.zero, min(span.until, other.until) - max(span.from, other.from))
    }
}
