import AudioCore
import Billing
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct UploadTests {
    @Test(arguments: Studio.Store.allCases)
    func `a file becomes a job, and the job a sample with its features`(store: Studio.Store) async throws {
        let studio = try await Studio(Plan(etaSeconds: 300), on: store)
        let bytes = MadeAudio.wav()
        let upload = try await studio.upload(bytes, named: "drums/a tone.wav")
        #expect(upload.estimatedCompletion == studio.clock.now() + .seconds(300))

        let waiting = try await studio.report(upload)
        #expect(waiting.status == .pending && waiting.sample == nil && waiting.error == nil)
        let pending = "uploads-pending/\(studio.account)/\(upload.job)"
        #expect(
            try await studio.traces()
                == Traces(
                    objects: [pending], jobs: 1, holds: 2,
                    balances: [.uploads: [0, 1], .storageBytes: [0, bytes.count]]))

        // The analysis, then the removal of what was pending.
        #expect(try await studio.work() == 2)
        let done = try await studio.report(upload)
        #expect(done.status == .completed && done.attempts == 1 && done.error == nil)
        let id = try #require(done.sample)
        let item = try await studio.useCases.library.sample(id, of: studio.caller)
        #expect(item.sample.filename == "a tone.wav")
        #expect(item.sample.contentType == "audio/wav")
        #expect(item.sample.size == bytes.count)
        #expect(item.features.format == .wav && item.features.duration == 0.5)
        #expect(item.features.sampleRate == 22_050 && item.features.channels == 1)
        #expect(item.features.waveform != nil)
        #expect(
            try await studio.traces()
                == Traces(
                    objects: ["processed/\(studio.account)/\(id)"], samples: 1,
                    balances: [.uploads: [1, 0], .storageBytes: [bytes.count, 0]]))

        let (sample, body) = try await studio.useCases.library.audio(id, of: studio.caller, range: nil)
        #expect(sample == item.sample && body.info.etag == sample.etag)
        #expect(try await body.bytes() == bytes)
    }

    @Test func `a part of the original bytes can be had`() async throws {
        let studio = try await Studio()
        let id = try await studio.sample().sample.id
        let (_, body) = try await studio.useCases.library.audio(id, of: studio.caller, range: .closed(0, 3))
        #expect(try await body.bytes() == Array("RIFF".utf8))
    }

    @Test func `an analysis is written to the usage log with its cost`() async throws {
        let studio = try await Studio()
        let upload = try await studio.upload()
        try await studio.work()
        let row = try #require(try await studio.database.read { try $0.row("SELECT * FROM usage_entries") })
        #expect(try row.get("feature") == "analysis")
        #expect(try row.get("account") == studio.account)
        #expect(try row.get("job") == upload.job)
        let (seconds, cost): (Double, Int) = (try row.get("amount"), try row.get("cost_microusd"))
        // 15 millionths of a dollar for a second, by the thousandths that are kept.
        #expect(seconds > 0 && cost == (Int((seconds * 1_000).rounded()) * 15 + 500) / 1_000)
    }

    @Test func `two equal uploads are two samples`() async throws {
        let studio = try await Studio()
        let first = try await studio.sample()
        let second = try await studio.sample()
        #expect(first.sample.id != second.sample.id && first.sample.object != second.sample.object)
        #expect(first.sample.etag == second.sample.etag)
        #expect(try await studio.traces().balances[.storageBytes] == [2 * first.sample.size, 0])
    }

    @Test func `a plan's lane waits for its delay`() async throws {
        let studio = try await Studio(Plan(lane: "free", delaySeconds: 3_600))
        let upload = try await studio.upload()
        #expect(try await studio.work() == 0)
        studio.clock.advance(by: .seconds(3_599))
        #expect(try await studio.work() == 0)
        studio.clock.advance(by: .seconds(1))
        #expect(try await studio.work() == 2)
        #expect(try await studio.report(upload).status == .completed)
    }

    @Test func `a delay that leaves room for it ends in the quiet hours, and the answer says when`() async throws {
        let studio = try await Studio(Plan(lane: "free", delaySeconds: 12 * 3_600, delayUntilSeconds: 24 * 3_600))
        studio.clock.turn(to: try #require(Timestamp("2026-03-10T12:00:00Z")))
        let night = try #require(Timestamp("2026-03-11T01:00:00Z"))
        for _ in 0..<10 {
            let upload = try await studio.upload()
            #expect((night...night + .seconds(5 * 3_600)).contains(upload.estimatedCompletion))
        }
        studio.clock.turn(to: night - .seconds(1))
        #expect(try await studio.work() == 0)
        studio.clock.turn(to: night + .seconds(5 * 3_600))
        #expect(try await studio.work() == 20)
    }

    @Test func `once something was done, the answer comes from the queue and not from the plan`() async throws {
        let studio = try await Studio(Plan(etaSeconds: 300))
        for _ in 0..<5 {
            try await studio.upload()
            let job = try #require(try await studio.useCases.uploads.queue.claim(from: ["default"], by: "ada"))
            studio.clock.advance(by: .seconds(20))
            _ = try await studio.database.write { session in
                try studio.useCases.uploads.queue.apply(
                    .failedForGood(token: job.course.token, reason: "torn"), to: job.id, in: session)
            }
        }
        let now = studio.clock.now()
        #expect(try await studio.upload().estimatedCompletion == now + .seconds(20))
        #expect(try await studio.upload().estimatedCompletion > now + .seconds(30))
    }

    @Test func `the true size is settled, whatever was said`() async throws {
        let bytes = MadeAudio.wav(bytes: 10_000)
        for said in [nil, 1, 9_999, 10_000, 10_001, 50_000] {
            let studio = try await Studio(Plan(storageBytes: 60_000))
            try await studio.upload(bytes, size: said)
            #expect(try await studio.traces().balances[.storageBytes] == [0, 10_000])
        }
    }

    @Test func `of unknown size, what comes in is held before it is stored`() async throws {
        let studio = try await Studio(Plan(storageBytes: 3 << 20))
        let ledger = QuotaLedger(clock: studio.clock)
        let bytes = MadeAudio.wav(bytes: 2_500_000)
        let account = studio.account
        let body = ByteStream.chunks(bytes, of: 100_000) { number in
            let balances = try await studio.database.read {
                try ledger.balances(of: account, under: Entitlement(Plan()), in: $0)
            }
            let held = balances.first { $0.unit == .storageBytes }?.held ?? 0
            #expect(held >= min(number * 100_000, bytes.count))
            #expect(held <= number * 100_000 + (2 << 20))
        }
        try await studio.upload(body)
        #expect(try await studio.traces().balances[.storageBytes] == [0, bytes.count])
    }

    @Test func `a file that fits exactly is taken, though a whole step of the hold does not fit`() async throws {
        let bytes = MadeAudio.wav(bytes: 1_500_000)
        let studio = try await Studio(Plan(storageBytes: bytes.count))
        try await studio.upload(bytes)
        #expect(try await studio.traces().balances[.storageBytes] == [0, bytes.count])
    }

    @Test func `the hold of a slow body does not run out`() async throws {
        let studio = try await Studio()
        let body = ByteStream.chunks(MadeAudio.wav(), of: 1_000) { _ in
            studio.clock.advance(by: .seconds(6 * 60))
            await studio.useCases.upkeep.once()
        }
        let upload = try await studio.upload(body, size: 22_094)
        try await studio.work()
        #expect(try await studio.report(upload).status == .completed)
    }
}
