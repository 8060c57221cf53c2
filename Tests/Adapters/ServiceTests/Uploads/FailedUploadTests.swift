import AudioCore
import Billing
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// Uploads that were taken in, and then cannot be analysed.
@Suite struct FailedUploadTests {
    @Test(arguments: Studio.Store.allCases)
    func `a file that is refused fails its job with the reason, and gives everything back`(
        store: Studio.Store
    ) async throws {
        let studio = try await Studio(on: store)
        let upload = try await studio.upload(MadeAudio.broken)
        try await studio.work()
        let report = try await studio.report(upload)
        #expect(report.status == .failed && report.attempts == 1 && report.sample == nil)
        #expect(report.error?.isEmpty == false)
        #expect(try await studio.traces() == .none)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM usage_entries") == 0)
    }

    @Test func `a file that crashes the analysis three times is given up`() async throws {
        let studio = try await Studio(analyzer: FakeAnalyzer(failing: .crashed("it crashed")))
        let upload = try await studio.upload()
        for attempt in 1...2 {
            #expect(try await studio.work() == 1)
            #expect(try await studio.report(upload).status == .pending)
            #expect(try await studio.traces().holds == 2)
            #expect(studio.analyzer.calls == attempt)
            studio.clock.advance(by: .seconds(60))
        }
        try await studio.work()
        let report = try await studio.report(upload)
        #expect(report.status == .failed && report.error == "it crashed" && report.attempts == 3)
        #expect(try await studio.traces() == .none)
    }

    @Test func `an analysis that died is replayed, and counts once`() async throws {
        let studio = try await Studio(analyzer: FakeAnalyzer(failing: .overloaded))
        let upload = try await studio.deadUpload()
        studio.analyzer.fail(with: nil)
        #expect(try await studio.useCases.jobs.replay(upload.job).status == .pending)
        #expect(try await studio.traces().balances[.uploads] == [0, 1])
        try await studio.work()
        let report = try await studio.report(upload)
        #expect(report.status == .completed && report.sample != nil)
        let (size, traces) = (MadeAudio.wav().count, try await studio.traces())
        #expect(traces.objects.count == 1 && traces.objects[0].hasPrefix("processed/"))
        #expect(traces.balances == [.uploads: [1, 0], .storageBytes: [size, 0]])
        #expect(traces.holds == 0 && traces.jobs == 0)
    }

    @Test func `an analysis whose quota is used up meanwhile is not replayed`() async throws {
        var plan = Plan()
        plan.uploadsPerMonth = 1
        let studio = try await Studio(plan, analyzer: FakeAnalyzer(failing: .overloaded))
        let upload = try await studio.deadUpload()
        studio.analyzer.fail(with: nil)
        try await studio.upload()
        #expect(await refusal { try await studio.useCases.jobs.replay(upload.job) } == "quotaExceeded")
        #expect(try await studio.report(upload).status == .failed)
        #expect(try await studio.traces().balances[.uploads] == [0, 1])
    }

    @Test func `a file that is refused at the last attempt is not kept`() async throws {
        let studio = try await Studio(analyzer: FakeAnalyzer(failing: .overloaded))
        let upload = try await studio.upload()
        for _ in 1...2 {
            try await studio.work()
            studio.clock.advance(by: .seconds(60))
        }
        studio.analyzer.fail(with: .rejected("no sound"))
        try await studio.work()
        #expect(try await studio.report(upload).error == "no sound")
        #expect(try await studio.traces() == .none)
    }

    @Test func `a replay that succeeds before the upkeep comes to it keeps its sample`() async throws {
        let studio = try await Studio(analyzer: FakeAnalyzer(failing: .rejected("no sound")))
        let upload = try await studio.upload()
        let queue = JobQueue(studio.database, clock: studio.clock)
        try await studio.database.write { try queue.pause("upkeep", in: $0) }
        try await studio.work()
        studio.analyzer.fail(with: nil)
        _ = try await studio.useCases.jobs.replay(upload.job)
        try await studio.work()
        try await studio.database.write { try queue.resume("upkeep", in: $0) }
        try await studio.work()
        let sample = try #require(try await studio.report(upload).sample)
        let kept = try await studio.useCases.library.sample(sample, of: studio.caller).sample
        #expect(try await studio.traces().objects == [kept.object.text])
    }

    @Test func `the file of an analysis that died is kept for a week`() async throws {
        let studio = try await Studio(analyzer: FakeAnalyzer(failing: .overloaded))
        let upload = try await studio.deadUpload()
        studio.analyzer.fail(with: nil)
        studio.clock.advance(by: .seconds(7 * 86_400 - 1))
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces().objects == [studio.pendingKey(of: upload)])
        studio.clock.advance(by: .seconds(1))
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces().objects.isEmpty)
        _ = try await studio.useCases.jobs.replay(upload.job)
        try await studio.work()
        #expect(try await studio.report(upload).error == "the uploaded file is no longer there: upload it again")
        #expect(try await studio.traces() == .none)
    }

    @Test func `an analysis that had no room is tried again, and succeeds`() async throws {
        let studio = try await Studio(analyzer: FakeAnalyzer(failing: .overloaded))
        let upload = try await studio.upload()
        try await studio.work()
        #expect(try await studio.report(upload).status == .pending)
        studio.analyzer.fail(with: nil)
        studio.clock.advance(by: .seconds(60))
        try await studio.work()
        let report = try await studio.report(upload)
        #expect(report.status == .completed && report.error == nil && report.attempts == 2)
        #expect(try await studio.traces().holds == 0)
    }

    @Test func `an upload whose bytes are gone fails and gives its quota back`() async throws {
        let studio = try await Studio()
        let upload = try await studio.upload()
        for key in try await studio.traces().objects { try await studio.objects.delete(ObjectKey(key)) }
        try await studio.work()
        #expect(try await studio.report(upload).status == .failed)
        #expect(try await studio.traces() == .none)
    }

    @Test func `an upload into a queue that takes nothing is refused in words, and leaves nothing`() async throws {
        let studio = try await Studio()
        let queue = JobQueue(studio.database, clock: studio.clock)
        try await studio.database.write { try queue.drain("default", in: $0) }
        await #expect(
            performing: { try await studio.upload() },
            throws: { "\($0)".contains("no new work is taken at the moment: try again later") })
        #expect(try await studio.traces() == .none)
        try await studio.database.write { session in
            try queue.resume("default", in: session)
            try queue.setCapacity(0, of: "default", in: session)
        }
        await #expect(
            performing: { try await studio.upload() },
            throws: { "\($0)".contains("too much is waiting to be done: try again later") })
        #expect(try await studio.traces() == .none)
    }

    @Test func `another account sees neither job nor sample`() async throws {
        let studio = try await Studio()
        let upload = try await studio.upload()
        try await studio.work()
        let (useCases, other) = (studio.useCases, AccountID.random())
        let id = try #require(try await studio.report(upload).sample)
        #expect(await refusal { try await useCases.jobs.job(upload.job, of: .signedIn(other)) } == "notFound")
        #expect(await refusal { try await useCases.library.sample(id, of: .signedIn(other)) } == "notFound")
        #expect(await refusal { try await useCases.library.audio(id, of: .signedIn(other), range: nil) } == "notFound")
        #expect(await refusal { try await useCases.library.purge(id, of: .signedIn(other)) } == "notFound")
        #expect(try await useCases.jobs.jobs(of: .signedIn(other), PageRequest()).items.isEmpty)
        #expect(try await useCases.library.samples(of: .signedIn(other), PageRequest()).items.isEmpty)
        #expect(try await useCases.jobs.jobs(of: studio.caller, PageRequest()).items.map(\.id) == [upload.job])
        #expect(try await useCases.library.samples(of: studio.caller, PageRequest()).items.count == 1)
        #expect(await refusal { try await useCases.jobs.job(.random(), of: studio.caller) } == "notFound")
    }

    @Test(arguments: Studio.Store.allCases)
    func `a purged sample is gone with its object and its quota, once`(store: Studio.Store) async throws {
        let studio = try await Studio(on: store)
        let (purged, kept) = (try await studio.sample().sample, try await studio.sample().sample)
        try await studio.useCases.library.purge(purged.id, of: studio.caller)
        #expect(
            await refusal { try await studio.useCases.library.purge(purged.id, of: studio.caller) } == "notFound")
        try await studio.work()
        #expect(
            try await studio.traces()
                == Traces(
                    objects: [kept.object.text], samples: 1,
                    balances: [.uploads: [2, 0], .storageBytes: [kept.size, 0]]))
    }

    @Test func `a hidden sample can be restored for thirty days, then it goes with its object`() async throws {
        let studio = try await Studio()
        let (library, caller) = (studio.useCases.library, studio.caller)
        let (hidden, restored) = (try await studio.sample().sample, try await studio.sample().sample)
        for sample in [hidden, restored] { try await library.hide(sample.id, of: caller) }
        #expect(await refusal { try await library.sample(hidden.id, of: caller) } == "notFound")
        #expect(await refusal { try await library.audio(hidden.id, of: caller, range: nil) } == "notFound")
        #expect(await refusal { try await library.hide(hidden.id, of: .signedIn(.random())) } == "notFound")
        #expect(await refusal { try await library.restore(hidden.id, of: .signedIn(.random())) } == "notFound")
        #expect(try await library.samples(of: caller, PageRequest()).items.isEmpty)
        #expect(try await library.restore(restored.id, of: caller).summary.sample == restored)
        studio.clock.advance(by: .seconds(30 * 86_400 - 1))
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces().objects.count == 2)
        studio.clock.advance(by: .seconds(1))
        await studio.useCases.upkeep.once()
        try await studio.work()
        let left = try await studio.traces()
        #expect(left.objects == [restored.object.text] && left.samples == 1)
        #expect(left.balances[.storageBytes] == [restored.size, 0])
    }
}
