import Figures
import Foundation
import Jobs
import SeededRandom
import Storage

/// A worker that has nothing to do: how soon it starts what comes, and what its waiting costs.
enum Idleness {
    /// - Parameter apart: the worker is another process.
    static func latency(_ count: Int, apart: Bool, on place: Place) async throws {
        let open = try await place.queue()
        if apart {
            let worker = try WorkerProcess.start("idle", on: place, concurrency: 1)
            defer { worker.kill() }
            try await enqueue(count, into: open)
        } else {
            try await whileWorking(open.queue, Chore.handler(on: open.queue), concurrency: 1) {
                try await enqueue(count, into: open)
            }
        }
        let waits = try await open.database.read { session in
            try session.rows("SELECT waited FROM ledger").map {
                Duration.microseconds(try $0.get("waited", as: Int.self))
            }
        }
        precondition(waits.count == count, "\(waits.count) of \(count) jobs were done")
        try report(Latency("enqueue to start", rows: 1, times: waits))
    }

    static func rest(for time: Duration, on place: Place) async throws {
        let open = try await place.queue()
        try await whileWorking(open.queue, Chore.handler(on: open.queue), concurrency: 1) {
            try await Task.sleep(for: .seconds(1))
            let before = processorTime()
            try await Task.sleep(for: time)
            try report([
                "processor_milliseconds_per_second": (processorTime() - before) / .milliseconds(1)
                    / (time / .seconds(1))
            ])
        }
    }

    /// One after the other, each when the worker has had time to fall asleep again.
    private static func enqueue(_ count: Int, into open: OpenQueue) async throws {
        var random = SplitMix64(seed: 1)
        try await Task.sleep(for: .seconds(2))
        for done in 1...count {
            try await open.enqueue([try NewJob(Chore())])
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...60, using: &random)))
            while try await entries(open) < done { try await Task.sleep(for: .milliseconds(20)) }
        }
    }

    private static func entries(_ open: OpenQueue) async throws -> Int {
        try await open.database.read { try $0.row("SELECT COUNT(*) AS count FROM ledger")?.get("count") ?? 0 }
    }

    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
