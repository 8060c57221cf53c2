import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct UpkeepTests {
    @Test(arguments: Studio.Store.allCases)
    func `only what nobody waits for is removed`(store: Studio.Store) async throws {
        let studio = try await Studio(on: store)
        let waiting = try await studio.upload()
        let sample = try await abandonedAndKept(studio)
        await studio.useCases.upkeep.once()
        let objects = try await studio.traces().objects
        #expect(objects.contains("uploads-pending/\(studio.account)/\(waiting.job)"))
        #expect(objects.contains(sample.text))
        #expect(objects.count == 2)
        try await studio.work()
        #expect(try await studio.report(waiting).status == .completed)
    }

    @Test func `objects that no row knows go after a day, and rows keep theirs`() async throws {
        let studio = try await Studio()
        let sample = try await studio.sample().sample
        let orphan = ObjectKey(in: "processed", of: studio.account, JobID.random())
        try await studio.objects.put(MadeAudio.wav(), at: orphan)
        studio.clock.advance(by: .seconds(86_399))
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces().objects.count == 2)
        studio.clock.advance(by: .seconds(1))
        // Not again within a day, by whichever server.
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces().objects.count == 2)
        studio.clock.advance(by: .seconds(86_399))
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces().objects == [sample.object.text])
    }

    @Test func `an upload that is coming in is left alone, and removed once its hold ran out`() async throws {
        let studio = try await Studio()
        let (upload, ledger, account) = (
            Upload(account: studio.account, entitlement: Entitlement(Plan())), QuotaLedger(clock: studio.clock),
            studio.account
        )
        try await studio.database.write { session in
            try ledger.reserve(
                upload.hold, [(.uploads, 1)], for: account, under: upload.entitlement, expiresIn: Uploads.holdLife,
                in: session)
        }
        try await studio.objects.put(MadeAudio.wav(), at: upload.pendingKey)
        studio.clock.advance(by: .seconds(899))
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces().objects == [upload.pendingKey.text])
        studio.clock.advance(by: .seconds(1))
        await studio.useCases.upkeep.once()
        #expect(try await studio.traces() == .none)
    }

    @Test func `a start forgets the uploads that a crash cut off, and no others`() async throws {
        let studio = try await Studio()
        let (upload, ledger, account) = (
            Upload(account: studio.account, entitlement: Entitlement(Plan())), QuotaLedger(clock: studio.clock),
            studio.account
        )
        let accepted = try await studio.upload()
        let before = try await studio.traces()
        try await studio.database.write { session in
            try ledger.reserve(
                upload.hold, [(.uploads, 1), (.storageBytes, 500)], for: account, under: upload.entitlement,
                expiresIn: Uploads.holdLife, in: session)
        }
        try await studio.objects.put(MadeAudio.wav(), at: upload.pendingKey)
        try await studio.useCases.upkeep.forgetInterruptedUploads()
        #expect(try await studio.traces() == before)
        try await studio.work()
        #expect(try await studio.report(accepted).status == .completed)
    }

    @Test func `a damaged file among the pending ones keeps no server from starting`() async throws {
        let studio = try await Studio(on: .local)
        let upload = Upload(account: studio.account, entitlement: Entitlement(Plan()))
        try await studio.objects.put(MadeAudio.wav(), at: upload.pendingKey)
        let store = studio.folder.path + "/objects"
        let file = try #require(
            FileManager.default.subpathsOfDirectory(atPath: store).first { $0.contains("\(upload.id)") })
        let handle = try #require(FileHandle(forWritingAtPath: "\(store)/\(file)"))
        try handle.truncate(atOffset: 100)
        try handle.close()
        await #expect(throws: ObjectStoreError.self) { try await studio.traces() }
        try await studio.useCases.upkeep.forgetInterruptedUploads()
        #expect(try await studio.traces() == .none)
    }

    @Test func `a service whose parts answer is healthy, and counts its jobs`() async throws {
        let studio = try await Studio()
        try await studio.upload()
        #expect(await studio.useCases.health.check() == [.database: true, .storage: true])
        let queues = try await studio.useCases.health.queues()
        #expect(queues.map(\.queue) == ["default"])
        #expect(queues.map(\.ready) == [1])
    }

    /// A pending object without job and hold, one that is none of the service's, and a sample.
    private func abandonedAndKept(_ studio: Studio) async throws -> ObjectKey {
        let upload = Upload(account: studio.account, entitlement: Entitlement(Plan()))
        try await studio.objects.put(MadeAudio.wav(), at: upload.pendingKey)
        let processed = ObjectKey(in: "processed", of: studio.account, upload.sample)
        try await studio.objects.put(MadeAudio.wav(), at: processed)
        return processed
    }
}
