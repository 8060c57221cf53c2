import Billing
import Jobs
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct QuotaAttackTests {
    private let megabyte = 1 << 20

    @Test(arguments: Studio.Store.allCases)
    func `quota race: of 256 uploads at once into room for ten, exactly ten are taken`(
        _ store: Studio.Store
    )
        async throws
    {
        let before = 3
        let studio = try await Studio(Plan(storageBytes: (before + 10) * megabyte), on: store)
        let file = MadeAudio.wav(bytes: megabyte)
        for _ in 1...before { try await studio.upload(file) }
        let refusals = await withTaskGroup { group in
            for _ in 1...256 {
                // Nobody says beforehand how long it is.
                group.addTask { await refusal { try await studio.upload(.chunks(file, of: 64 << 10)) } }
            }
            return await group.reduce(into: [String: Int]()) { $0[$1 ?? "taken", default: 0] += 1 }
        }
        #expect(refusals == ["taken": 10, "quotaExceeded": 246])
        let traces = try await studio.traces()
        #expect(traces.objects.count == before + 10 && traces.workFiles == 0)
        #expect(traces.balances == [.uploads: [0, before + 10], .storageBytes: [0, (before + 10) * megabyte]])
        let sum = try await studio.useCases.billingOperation.verifyLedger { Issue.record("\($0)") }
        #expect(sum.differences.isEmpty)
    }

    @Test(arguments: [1, 40_000, 100_000, nil])
    func `lying length: what is said beforehand takes no more than what is there, and gives the rest back`(
        _ said: Int?
    ) async throws {
        let studio = try await Studio(Plan(storageBytes: 100_000))
        #expect(await refusal { try await studio.upload(MadeAudio.wav(bytes: 150_000), size: said) } == "quotaExceeded")
        #expect(try await studio.traces() == .none)
        try await studio.upload(MadeAudio.wav(bytes: 10_000), size: said)
        #expect(try await studio.traces().balances == [.uploads: [0, 1], .storageBytes: [0, 10_000]])
    }

    @Test func `refund abuse: a job that is cancelled a hundred times at once is refunded once`() async throws {
        let studio = try await Studio()
        let (kept, cancelled) = (try await studio.upload(), try await studio.upload())
        let before = try await studio.traces()
        #expect(before.balances[.uploads] == [0, 2])
        let done = await withTaskGroup { group in
            for _ in 1...100 {
                group.addTask { await refusal { try await studio.useCases.jobs.cancel(cancelled.job) } == nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(done == 1)
        let half = try #require(before.balances[.storageBytes]).map { $0 / 2 }
        #expect(try await studio.traces().balances == [.uploads: [0, 1], .storageBytes: half])
        #expect(
            try await studio.count("SELECT COUNT(*) AS n FROM quota_entries WHERE reason = 'release'") == 2,
            "one of each unit")
        try await studio.work()
        #expect(try await studio.report(kept).status == .completed)
        #expect(try await studio.traces().balances[.uploads] == [1, 0])
    }

    @Test func `refund abuse: an upload by link that is cancelled a hundred times at once is refunded once`()
        async throws
    {
        let studio = try await Studio()
        let linked = try #require(studio.useCases.linkedUploads)
        func begin() async throws -> OpenUpload {
            try await linked.begin(
                named: "a.wav", size: 5_000, contentType: "audio/wav", inParts: false, for: studio.caller)
        }
        let (_, other) = (try await begin(), try await begin())
        await withDiscardingTaskGroup { group in
            for _ in 1...100 { group.addTask { try? await linked.cancel(other.session.id, for: studio.caller) } }
        }
        #expect(try await studio.traces().balances == [.uploads: [0, 1], .storageBytes: [0, 5_000]])
    }

    @Test func `a month ends at midnight UTC, to the millisecond, and what began before it counts before it`()
        async throws
    {
        let studio = try await Studio(Plan(uploadsPerMonth: 2))
        studio.clock.turn(to: try #require(Timestamp("2026-02-28T23:59:59.999Z")))
        try await studio.upload()
        // Begun in the last millisecond of the month, and done in the first of the next.
        try await studio.upload(
            .chunks(MadeAudio.wav(), of: 5_000) { if $0 == 2 { studio.clock.advance(by: .milliseconds(1)) } })
        #expect(studio.clock.now().description.hasPrefix("2026-03-01T00:00:00"))
        try await studio.upload()
        try await studio.upload()
        #expect(await refusal { try await studio.upload() } == "quotaExceeded")
        // A clock that goes back finds the old month as full as it was.
        studio.clock.advance(by: .milliseconds(-1))
        #expect(await refusal { try await studio.upload() } == "quotaExceeded")
        try await studio.work()
        studio.clock.turn(to: try #require(Timestamp("2026-03-31T23:59:59.999Z")))
        #expect(await refusal { try await studio.upload() } == "quotaExceeded")
        studio.clock.advance(by: .milliseconds(1))
        try await studio.upload()
    }

    @Test func `what is refused says which limit, how much is taken and when to come again`() async throws {
        let studio = try await Studio(Plan(uploadsPerMonth: 1, storageBytes: 30_000))
        try await studio.upload()
        do {
            try await studio.upload()
            Issue.record("it was taken")
        } catch ServiceError.quotaExceeded(let excess) {
            #expect((excess.unit, excess.limit, excess.taken, excess.requested) == (.uploads, 1, 1, 1))
            #expect(excess.resetsAt == Timestamp("2026-02-01T00:00:00Z"))
        }
    }
}
