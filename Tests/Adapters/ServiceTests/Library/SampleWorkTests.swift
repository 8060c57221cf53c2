import AudioCore
import Auth
import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct SampleWorkTests {
    @Test func `another analysis is one job at a time, and counts once`() async throws {
        let studio = try await Studio(Plan(analysesPerMonth: 3))
        let item = try await studio.sample()
        let used = try await studio.analyses()
        var change = SampleChange()
        change.bpm = .set(99)
        _ = try await studio.useCases.library.change(item.sample.id, change, of: studio.caller)
        _ = try await studio.database.write {
            try $0.execute("DELETE FROM sample_vectors WHERE sample_id = \(item.sample.id)")
        }
        let work = studio.useCases.sampleWork
        let first = try await work.analyze(item.sample.id, of: studio.caller)
        #expect(try await work.analyze(item.sample.id, of: studio.caller).job == first.job)
        #expect(try await studio.analyses() == [used[0], used[1] + 1])
        try await studio.work()
        let report = try await studio.report(first)
        #expect(report.status == .completed && report.sample == item.sample.id && report.kind == "analyze-sample")
        #expect(report.progress == JobProgress(1))
        #expect(try await studio.analyses() == [used[0] + 1, used[1]])
        let again = try await studio.useCases.library.sample(item.sample.id, of: studio.caller)
        #expect(again.bpm == 99 && again.features == item.features)
        let vectors = try await studio.count("SELECT COUNT(*) AS n FROM sample_vectors")
        #expect(vectors == 1)
        #expect(try await work.analyze(item.sample.id, of: studio.caller).job != first.job)
    }

    @Test func `an analysis beyond the plan is refused, and leaves nothing behind`() async throws {
        let studio = try await Studio(Plan(analysesPerMonth: 1))
        let sample = try await studio.sample().sample
        let work = studio.useCases.sampleWork
        let other = try await studio.sample().sample
        _ = try await work.analyze(other.id, of: studio.caller)
        let full = try await studio.traces()
        #expect(await refusal { try await work.analyze(sample.id, of: studio.caller) } == "quotaExceeded")
        #expect(await refusal { try await work.level(sample.id, Leveling(), of: studio.caller) } == "quotaExceeded")
        #expect(try await studio.traces() == full)
    }

    @Test func `a sample that is removed while it is analysed stays removed`() async throws {
        let studio = try await Studio()
        let sample = try await studio.sample().sample
        let begun = try await studio.useCases.sampleWork.analyze(sample.id, of: studio.caller)
        try await studio.useCases.library.purge(sample.id, of: studio.caller)
        while try await studio.report(begun).status == .pending {
            try await studio.work()
            studio.clock.advance(by: .seconds(60))
        }
        #expect(try await studio.report(begun).status == .failed)
        let left = try await studio.traces()
        #expect(left.samples == 0 && left.holds == 0)
    }

    @Test(arguments: [nil, Leveling.Format.flac, .opus])
    func `a copy at another level is there to be fetched for a week`(format: Leveling.Format?) async throws {
        let studio = try await Studio()
        let sample = try await studio.sample().sample
        let leveling = try Leveling(lufs: -20, format: format)
        let begun = try await studio.useCases.sampleWork.level(sample.id, leveling, of: studio.caller)
        try await studio.work()
        let report = try await studio.report(begun)
        #expect(report.status == .completed, "\(report.error ?? "")")
        let level = try #require(report.output?.level)
        #expect(abs((level.loudness ?? 0) + 20) < 0.3 && level.missing == 0)
        let (file, body) = try await studio.useCases.jobs.file(of: begun.job, for: studio.caller)
        let ending = format?.rawValue ?? "wav"
        #expect(file.name == "tone-normalized.\(ending)" && report.output?.file == file)
        let bytes = try await body.bytes()
        #expect(AudioFormat.sniff(Array(bytes.prefix(AudioFormat.sniffLength)))?.rawValue == ending)
        #expect(bytes.count == file.size && file.expiresAt == studio.clock.now() + .seconds(604_800))
        #expect(try await studio.traces().workFiles == 0)
        studio.clock.advance(by: .seconds(604_801))
        try await studio.useCases.upkeep.run(.objects)
        #expect(await refusal { try await studio.useCases.jobs.file(of: begun.job, for: studio.caller) } == "notFound")
    }

    @Test func `levels that nothing should have are refused`() {
        for make in [
            { try Leveling(lufs: 1) }, { try Leveling(lufs: -61) }, { try Leveling(peak: 0.5) },
            { try Leveling(lufs: -14, peak: -1) }, { try Leveling(peak: -1, ceiling: -1) },
            { try Leveling(lufs: .nan) }, { try Leveling(ceiling: 3) }, { try Leveling(peak: .infinity) },
        ] as [() throws -> Leveling] {
            #expect(throws: ServiceError.self) { try make() }
        }
    }

    @Test func `an owner stops a job that waits, and gets back what was held`() async throws {
        let studio = try await Studio()
        let upload = try await studio.upload()
        let jobs = studio.useCases.jobs
        #expect(try await jobs.cancel(upload.job, of: studio.caller).status == .cancelled)
        #expect(try await studio.traces().balances == [:])
        #expect(await refusal { try await jobs.cancel(upload.job, of: studio.caller) } == "conflict")
        #expect(await refusal { try await jobs.retry(upload.job, of: studio.caller) } == "conflict")
        #expect(await refusal { try await jobs.retry(.random(), of: studio.caller) } == "notFound")
    }

    @Test func `an owner tries again what failed, and not what would fail again`() async throws {
        let studio = try await Studio()
        let jobs = studio.useCases.jobs
        studio.analyzer.fail(with: .overloaded)
        let passing = try await studio.deadUpload()
        studio.analyzer.fail(with: nil)
        #expect(try await jobs.retry(passing.job, of: studio.caller).status == .pending)
        try await studio.work()
        #expect(try await studio.report(passing).status == .completed)
        studio.analyzer.fail(with: .rejected("no audio"))
        let refused = try await studio.deadUpload()
        #expect(await refusal { try await jobs.retry(refused.job, of: studio.caller) } == "conflict")
        let sample = try #require(try await studio.report(passing).sample)
        let again = try await studio.useCases.sampleWork.analyze(sample, of: studio.caller)
        try await studio.work()
        #expect(try await studio.report(again).status == .failed)
        #expect(try await studio.traces().holds == 0)
        studio.analyzer.fail(with: nil)
        #expect(try await jobs.retry(again.job, of: studio.caller).status == .pending)
        #expect(try await studio.traces().holds == 1)
        try await studio.work()
        #expect(try await studio.report(again).status == .completed)
        #expect(try await studio.traces().holds == 0)
    }

    @Test func `what the service needs done is not for an account to stop`() async throws {
        let studio = try await Studio()
        let account = studio.account
        let job = try NewJob(
            kind: "deliver-mail", payload: ["a": 1], owner: account, runAt: studio.clock.now() + .seconds(9))
        try await studio.database.write { session in
            _ = try JobQueue(studio.database, clock: studio.clock).enqueue(job, in: session)
        }
        #expect(await refusal { try await studio.useCases.jobs.cancel(job.id, of: studio.caller) } == "conflict")
        #expect(await refusal { try await studio.useCases.jobs.retry(job.id, of: studio.caller) } == "conflict")
        #expect(try await studio.useCases.jobs.job(job.id, of: studio.caller).status == .pending)
    }

    @Test func `jobs are listed by how they stand, and what they do`() async throws {
        let studio = try await Studio()
        let sample = try await studio.sample().sample
        let waiting = try await studio.useCases.sampleWork.analyze(sample.id, of: studio.caller)
        func list(_ status: JobStatus? = nil, _ kind: String? = nil) async throws -> [String] {
            try await studio.useCases.jobs.jobs(
                of: studio.caller, PageRequest(), status: status, kind: kind
            ).items.map { "\($0.kind) \($0.status.rawValue)" }.sorted()
        }
        #expect(try await list() == ["analyze-sample pending", "analyze-upload completed"])
        #expect(try await list(.pending) == ["analyze-sample pending"])
        #expect(try await list(.completed, "analyze-upload") == ["analyze-upload completed"])
        #expect(try await list(.failed).isEmpty)
        #expect(try await list(nil, "x").isEmpty)
        _ = try await studio.useCases.jobs.cancel(waiting.job, of: studio.caller)
        #expect(try await list(.cancelled) == ["analyze-sample cancelled"])
    }

    @Test func `alike sounds are found, and what is silent or old says so`() async throws {
        let studio = try await Studio()
        let (one, two) = (try await studio.sample().sample, try await studio.sample().sample)
        let library = studio.useCases.library
        let found = try await library.similar(to: one.id, of: studio.caller)
        #expect(found.map(\.sample.sample.id) == [two.id] && found[0].distance == 0 && !found[0].shared.isEmpty)
        _ = try await studio.database.write { try $0.execute("DELETE FROM sample_vectors WHERE sample_id = \(one.id)") }
        #expect(await refusal { try await library.similar(to: one.id, of: studio.caller) } == "conflict")
        #expect(try await library.similar(to: two.id, of: studio.caller).isEmpty)
        for limit in [0, 101, .max] {
            #expect(
                await refusal { try await library.similar(to: two.id, of: studio.caller, limit: limit) } == "invalid")
        }
        #expect(await refusal { try await library.similar(to: two.id, of: studio.caller, within: .nan) } == "invalid")
        var change = SampleChange()
        change.key = .set("8A")
        for id in [one.id, two.id] { _ = try await library.change(id, change, of: studio.caller) }
        #expect(try await library.matches(for: one.id, of: studio.caller).map(\.sample.sample.id) == [two.id])
        for (shift, stretch) in [(7, 8.0), (-1, 8), (3, 51), (3, .nan), (3, -1)] {
            #expect(
                await refusal {
                    try await library.matches(for: one.id, of: studio.caller, shift: shift, stretch: stretch)
                } == "invalid")
        }
    }
}

extension Studio {
    /// Used and held.
    fileprivate func analyses() async throws -> [Int] { try await traces().balances[.analyses] ?? [0, 0] }
}
