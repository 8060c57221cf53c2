import JobsTestKit
import Logging
import Storage
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(20))) struct HeartbeatsTests {
    private let bench: WorkerBench
    private let heartbeats: Heartbeats

    init() async throws {
        bench = try await WorkerBench { $0.lease = .milliseconds(60) }
        heartbeats = Heartbeats(
            bench.queue, on: PresentMachine(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func claimed() async throws -> Job {
        try #require(try await bench.queue.claim(from: ["default"], by: "ada"))
    }

    /// Runs `body` beside the heartbeats.
    private func whileBeating<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
        let beats = Task { [heartbeats] in await heartbeats.beat(every: .milliseconds(5)) }
        defer { beats.cancel() }
        return try await body()
    }

    @Test func `leases are extended while their jobs run`() async throws {
        try await bench.enqueue()
        let job = try await claimed()
        let id = heartbeats.add(job)
        let first = try #require(job.course.lease?.until)
        try await whileBeating {
            while try await bench.job(job.id).course.lease?.until ?? first <= first + .milliseconds(100) {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        heartbeats.remove(id)
    }

    @Test func `each job is told for itself to stop`() async throws {
        for _ in 0..<3 { try await bench.enqueue() }
        let (lost, cancelled, kept) = (try await claimed(), try await claimed(), try await claimed())
        let (first, second, third) = (heartbeats.add(lost), heartbeats.add(cancelled), heartbeats.add(kept))
        _ = try await bench.database.write { session in
            try bench.queue.apply(.released(token: lost.course.token), to: lost.id, in: session)
            try bench.queue.cancel(cancelled.id, in: session)
        }
        let stops = await whileBeating { [await heartbeats.stop(of: first), await heartbeats.stop(of: second)] }
        #expect(stops == [.leaseLost, .cancelled])
        heartbeats.release()
        #expect(await heartbeats.stop(of: third) == .released)
    }

    @Test func `a job that is taken again is another run, whatever becomes of the first`() async throws {
        try await bench.enqueue()
        let first = try await claimed()
        let old = heartbeats.add(first)
        let toldOld = Task { await heartbeats.stop(of: old) }
        _ = try await bench.database.write {
            try bench.queue.apply(.released(token: first.course.token), to: first.id, in: $0)
        }
        let new = heartbeats.add(try await claimed())
        let toldNew = Task { await heartbeats.stop(of: new) }
        #expect(await whileBeating { await toldOld.value } == .leaseLost)
        heartbeats.remove(old)
        heartbeats.release()
        #expect(await toldNew.value == .released)
    }

    @Test func `nobody waits for a run that is over`() async throws {
        try await bench.enqueue()
        let id = heartbeats.add(try await claimed())
        let told = Task { await heartbeats.stop(of: id) }
        heartbeats.remove(id)
        #expect(await told.value == nil)
        #expect(await heartbeats.stop(of: id) == nil)
    }
}
