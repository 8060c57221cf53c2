import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct LinkedUploadTests {
    private func uploads(_ studio: Studio) throws -> LinkedUploads {
        try #require(studio.useCases.linkedUploads)
    }

    /// As the client sends them, through the links.
    private func send(_ bytes: [UInt8], by open: OpenUpload, in studio: Studio) async throws {
        let server = LinkServer(store: try #require(studio.useCases.linkedObjects))
        for (number, link) in open.links {
            let size = open.session.partSize ?? bytes.count
            let piece = Array(bytes.dropFirst((number - 1) * size).prefix(size))
            #expect(try await server.send(link, piece).status == 200)
        }
    }

    @Test(arguments: Studio.Store.allCases, [false, true])
    func `a file that was sent by link becomes a sample, as any other`(
        store: Studio.Store, inParts: Bool
    ) async throws {
        let studio = try await Studio(on: store)
        let bytes = MadeAudio.wav()
        let open = try await uploads(studio).begin(
            named: "a/tone.wav", size: bytes.count, contentType: "audio/x-wav", inParts: inParts, for: studio.caller)
        #expect(try await studio.traces().balances == [.uploads: [0, 1], .storageBytes: [0, bytes.count]])
        try await send(bytes, by: open, in: studio)
        let accepted = try await uploads(studio).confirm(open.session.id, for: studio.caller)
        #expect(try await uploads(studio).confirm(open.session.id, for: studio.caller) == accepted)
        #expect(try await studio.traces().jobs == 1)
        // Neither is in the way of what waits for its job.
        await studio.useCases.upkeep.once()
        try await studio.useCases.upkeep.forgetInterruptedUploads()
        while try await studio.work() > 0 {}
        let report = try await studio.report(accepted)
        let id = try #require(report.sample)
        let sample = try await studio.useCases.library.sample(id, of: studio.caller)
        #expect((sample.sample.filename, sample.sample.size) == ("tone.wav", bytes.count))
        let traces = try await studio.traces()
        #expect(traces.objects == ["processed/\(studio.account)/\(id)"])
        #expect(traces.balances == [.uploads: [1, 0], .storageBytes: [bytes.count, 0]])
        #expect((traces.holds, traces.samples) == (0, 1))
    }

    @Test func `by link, too, a delay ends in the quiet hours`() async throws {
        let studio = try await Studio(Plan(lane: "free", delaySeconds: 12 * 3_600, delayUntilSeconds: 24 * 3_600))
        studio.clock.turn(to: try #require(Timestamp("2026-03-10T12:00:00Z")))
        let bytes = MadeAudio.wav()
        let open = try await uploads(studio).begin(
            named: "a.wav", size: bytes.count, contentType: "audio/wav", inParts: false, for: studio.caller)
        try await send(bytes, by: open, in: studio)
        let accepted = try await uploads(studio).confirm(open.session.id, for: studio.caller)
        let night = try #require(Timestamp("2026-03-11T01:00:00Z"))
        #expect((night...night + .seconds(5 * 3_600)).contains(accepted.estimatedCompletion))
    }

    @Test func `an upload that was begun before there were such delays has the one it was told`() throws {
        let old =
            #"{"sample": "\#(SampleID.random())", "filename": "a.wav", "lane": "free", "delaySeconds": 9, "etaSeconds": 10}"#
        let detail = try JSONDecoder().decode(LinkedUploadDetail.self, from: Data(old.utf8))
        #expect((detail.delaySeconds, detail.delayUntilSeconds) == (9, nil))
    }

    @Test func `what is no audio is removed, and gives everything back`() async throws {
        let studio = try await Studio()
        let bytes = Array("<html>".utf8) + Array(repeating: UInt8(0x20), count: 100)
        let open = try await uploads(studio).begin(
            named: "x.wav", size: bytes.count, contentType: "audio/wav", inParts: false, for: studio.caller)
        try await send(bytes, by: open, in: studio)
        let reason = await refusal { try await uploads(studio).confirm(open.session.id, for: studio.caller) }
        #expect(reason == "unsupportedMedia")
        #expect(try await studio.traces() == .none)
    }

    @Test func `another format than was said is removed`() async throws {
        let studio = try await Studio()
        let bytes = MadeAudio.wav()
        let open = try await uploads(studio).begin(
            named: "x.mp3", size: bytes.count, contentType: "audio/mpeg", inParts: false, for: studio.caller)
        try await send(bytes, by: open, in: studio)
        let reason = await refusal { try await uploads(studio).confirm(open.session.id, for: studio.caller) }
        #expect(reason == "unsupportedMedia")
        #expect(try await studio.traces() == .none)
    }

    @Test(arguments: [
        (0, "audio/wav", "invalid"), (-1, "audio/wav", "invalid"), (101, "audio/wav", "tooLarge"),
        (100, "text/html", "unsupportedMedia"), (100, "", "unsupportedMedia"), (80, "audio/wav", "quotaExceeded"),
    ])
    func `what the plan or the service does not take is refused before it is sent`(
        size: Int, type: String, expected: String
    ) async throws {
        let studio = try await Studio(Plan(uploadBytes: 100, storageBytes: 150))
        _ = try await uploads(studio).begin(
            named: "1.wav", size: 100, contentType: "audio/wav", inParts: false, for: studio.caller)
        let before = try await studio.traces()
        let reason = await refusal {
            try await uploads(studio).begin(
                named: "2.wav", size: size, contentType: type, inParts: false, for: studio.caller)
        }
        #expect(reason == expected)
        #expect(try await studio.traces() == before)
    }

    @Test(arguments: [false, true])
    func `an upload that is cancelled or never confirmed gives everything back`(cancels: Bool) async throws {
        let studio = try await Studio()
        let bytes = MadeAudio.wav()
        let open = try await uploads(studio).begin(
            named: "x.wav", size: bytes.count, contentType: "audio/wav", inParts: false, for: studio.caller)
        try await send(bytes, by: open, in: studio)
        if cancels {
            try await uploads(studio).cancel(open.session.id, for: studio.caller)
        } else {
            studio.clock.advance(by: LinkedUploads.life - .seconds(1))
            await studio.useCases.upkeep.once()
            #expect(try await studio.traces().holds > 0, "not before its time")
            studio.clock.advance(by: .seconds(1))
            await studio.useCases.upkeep.once()
        }
        #expect(try await studio.traces() == .none)
        #expect(await refusal { try await uploads(studio).confirm(open.session.id, for: studio.caller) } == "conflict")
    }

    @Test func `an upload that was completed at the store, and nowhere else, is shown and can be confirmed`()
        async throws
    {
        let studio = try await Studio()
        let bytes = MadeAudio.wav()
        let open = try await uploads(studio).begin(
            named: "x.wav", size: bytes.count, contentType: "audio/wav", inParts: true, for: studio.caller)
        try await send(bytes, by: open, in: studio)
        let store = try #require(studio.objects as? any MultipartUploading)
        let begun = try #require(try await store.uploads(prefix: "").first)
        _ = try await store.complete(begun, store.parts(of: begun))
        let shown = try await uploads(studio).resume(open.session.id, for: studio.caller)
        #expect((shown.session.state, shown.links.count) == (.uploading, 0))
        _ = try await uploads(studio).confirm(open.session.id, for: studio.caller)
    }

    @Test func `a reservation that was kept without an answer is given back`() async throws {
        let studio = try await Studio()
        let whole = try uploads(studio)
        let forgetful = LinkedUploads(
            database: ForgetfulDatabase(database: studio.database), sessions: whole.sessions, queue: whole.queue,
            ledger: whole.ledger, accounts: whole.accounts, vibes: whole.vibes)
        await #expect(throws: DatabaseError.self) {
            try await forgetful.begin(
                named: "x.wav", size: 10, contentType: "audio/wav", inParts: false, for: studio.caller)
        }
        #expect(try await studio.traces() == .none)
    }

    @Test func `what is too long for one put is refused before quota is held, and taken in parts`() async throws {
        let studio = try await Studio()
        let size = (5 << 30) + 1
        let reason = await refusal {
            try await uploads(studio).begin(
                named: "x.wav", size: size, contentType: "audio/wav", inParts: false, for: studio.caller)
        }
        #expect(reason == "invalid")
        #expect(try await studio.traces() == .none)
        let open = try await uploads(studio).begin(
            named: "x.wav", size: size, contentType: "audio/wav", inParts: true, for: studio.caller)
        #expect(open.links.count == UploadSessions.mostLinks)
    }

    @Test func `another account's upload is nobody's`() async throws {
        let studio = try await Studio()
        let open = try await uploads(studio).begin(
            named: "x.wav", size: 10, contentType: "audio/wav", inParts: false, for: studio.caller)
        let (id, other) = (open.session.id, AccountID.random())
        #expect(await refusal { try await uploads(studio).confirm(id, for: .signedIn(other)) } == "notFound")
        #expect(await refusal { try await uploads(studio).cancel(id, for: .signedIn(other)) } == "notFound")
        #expect(await refusal { try await uploads(studio).resume(id, for: .signedIn(other)) } == "notFound")
    }
}
