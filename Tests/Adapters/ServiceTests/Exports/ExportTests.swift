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

@Suite struct ExportTests {
    private func download(_ id: JobID, _ studio: Studio) async throws -> [UInt8] {
        try await studio.useCases.exports.download(id, of: studio.caller, range: nil).file.bytes()
    }

    @Test func `a kit becomes the card folder of an SP-404MKII, that its own reader takes`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav", "snäre.wav")
        let kit = try await studio.kit(ids)
        let report = try await studio.useCases.exports.export(
            kit.id, for: ExportTarget(.sp404mkii, project: 3), of: studio.caller)
        #expect((report.status, report.size, report.written) == (.pending, nil, 0))
        #expect(await refusal { try await download(report.id, studio) } == "conflict")
        try await studio.work()
        let made = try await studio.useCases.exports.export(report.id, of: studio.caller)
        #expect((made.status, made.progress, made.written, made.error) == (.completed, 1, 2, nil))
        #expect(made.notes.count == 1)
        let zip = try await download(report.id, studio)
        #expect(zip.count == made.size)
        let files = try await studio.unpacked(zip)
        let root = "EXPORT/PROJECT/PROJECT_03"
        #expect(
            files.keys.filter { $0.contains(".") }.sorted() == [
                "\(root)/PADCONF.BIN", "\(root)/SMPL/BANK1-01.SMP", "\(root)/SMPL/BANK1-02.SMP",
            ])
        // Half a second at 22,050 Hz is as long at 48,000 Hz.
        let sound = try #require(files["\(root)/SMPL/BANK1-01.SMP"])
        #expect(try SampleFile(head: Array(sound.prefix(512)), fileSize: sound.count).frames == 24_000)
        #expect(files["\(root)/PADCONF.BIN"]?.count == 52_000)
    }

    @Test(arguments: [
        (ExportTarget(.sp404sx), ["ROLAND/SP-404SX/SMPL/A0000001.WAV", "ROLAND/SP-404SX/SMPL/PAD_INFO.BIN"]),
        (ExportTarget(.import), ["IMPORT/Night/pad_01_kick.wav"]),
        (ExportTarget(.import, layout: "flat", format: "aiff"), ["IMPORT/Night/kick.aif"]),
        (ExportTarget(.import, layout: "bank"), ["IMPORT/Night/A/01_kick.wav"]),
        (ExportTarget(.import, layout: "tempo"), ["IMPORT/Night/no_tempo/kick.wav"]),
    ])
    func `each device and layout has its own folders`(target: ExportTarget, paths: [String]) async throws {
        let studio = try await Studio()
        let kit = try await studio.kit(try await studio.samples("kick.wav"))
        let report = try await studio.useCases.exports.export(kit.id, for: target, of: studio.caller)
        try await studio.work()
        let files = try await studio.unpacked(try await download(report.id, studio))
        #expect(files.keys.filter { $0.contains(".") }.sorted() == paths)
    }

    @Test func `samples by themselves go onto pads in their order, each once asked for`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("one.wav", "two.wav")
        let report = try await studio.useCases.exports.export(
            ids + [ids[0]], named: "Two", for: ExportTarget(.sp404mkii), of: studio.caller)
        try await studio.work()
        let files = try await studio.unpacked(try await download(report.id, studio))
        #expect(files.keys.count { $0.hasSuffix(".SMP") } == 3)
    }

    @Test func `a card counts against storage while it is kept, and no longer`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav")
        let before = try await studio.traces()
        let report = try await studio.useCases.exports.export(
            ids, named: "One", for: ExportTarget(.import), of: studio.caller)
        let held = try #require(try await studio.traces().balances[.storageBytes])
        #expect(held[0] == before.balances[.storageBytes]?[0])
        #expect(held[1] > 48_000)
        try await studio.work()
        let size = try #require(try await studio.useCases.exports.export(report.id, of: studio.caller).size)
        #expect(
            try await studio.traces().balances[.storageBytes] == [(before.balances[.storageBytes]?[0] ?? 0) + size, 0])
        try await studio.useCases.exports.delete(report.id, of: studio.caller)
        try await studio.work()
        #expect(try await studio.traces() == before)
    }

    @Test func `after a week a card is gone with its row, its bytes and what it counted`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav")
        let before = try await studio.traces()
        let report = try await studio.useCases.exports.export(
            ids, named: "One", for: ExportTarget(.import), of: studio.caller)
        try await studio.work()
        studio.clock.advance(by: .seconds(7 * 86_400 - 60))
        _ = try await download(report.id, studio)
        studio.clock.advance(by: .seconds(120))
        #expect(await refusal { try await download(report.id, studio) } == "notFound")
        try await studio.useCases.upkeep.run(.objects)
        try await studio.work()
        #expect(await refusal { try await studio.useCases.exports.export(report.id, of: studio.caller) } == "notFound")
        #expect(try await studio.traces() == before)
    }

    @Test func `without room nothing is begun`() async throws {
        let studio = try await Studio(Plan(storageBytes: 600_000))
        let ids = try await studio.samples("kick.wav")
        let before = try await studio.traces()
        #expect(
            await refusal {
                try await studio.useCases.exports.export(
                    ids, named: "One", for: ExportTarget(.import), of: studio.caller)
            } == "quotaExceeded")
        #expect(try await studio.traces() == before)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM exports") == 0)
    }

    @Test func `one that is deleted before it is made holds nothing and makes nothing`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav")
        let before = try await studio.traces()
        let report = try await studio.useCases.exports.export(
            ids, named: "One", for: ExportTarget(.import), of: studio.caller)
        try await studio.useCases.exports.delete(report.id, of: studio.caller)
        try await studio.work()
        #expect(try await studio.traces().balances == before.balances)
        #expect(try await studio.traces().objects == before.objects)
    }

    @Test func `one that is deleted while it is made leaves no file`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav")
        let before = try await studio.traces()
        let report = try await studio.useCases.exports.export(
            ids, named: "One", for: ExportTarget(.import), of: studio.caller)
        let queue = JobQueue(studio.database, clock: studio.clock)
        let handler = MakeExport(
            database: studio.database, objects: studio.objects, queue: queue, ledger: QuotaLedger(clock: studio.clock),
            entitlements: studio.useCases.accounts.entitlements, converter: studio.analyzer,
            work: try WorkFolder(in: studio.folder.path + "/other"), clock: studio.clock)
        let job = try #require(try await queue.claim(from: ["default"], by: "somebody"))
        let effect = try await handler.run(job)
        try await studio.useCases.exports.delete(report.id, of: studio.caller)
        try await studio.database.write { try effect($0) }
        while try await studio.work() > 0 {}
        #expect(try await studio.traces().objects == before.objects)
        #expect(try await studio.traces().balances == before.balances)
    }

    @Test func `its owner stops one by its job`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav")
        let report = try await studio.useCases.exports.export(
            ids, named: "One", for: ExportTarget(.import), of: studio.caller)
        #expect(
            await refusal { try await studio.useCases.jobs.cancel(report.id, of: .signedIn(.random())) } == "notFound")
        #expect(try await studio.useCases.jobs.cancel(report.id, of: studio.caller).status == .cancelled)
        let stopped = try await studio.useCases.exports.export(report.id, of: studio.caller)
        #expect((stopped.status, stopped.error) == (.cancelled, "it was cancelled"))
        #expect(try await studio.traces().holds == 0)
    }

    @Test func `the file is also that of its job`() async throws {
        let studio = try await Studio()
        let report = try await studio.useCases.exports.export(
            try await studio.samples("kick.wav"), named: "One", for: ExportTarget(.import), of: studio.caller)
        try await studio.work()
        let (file, body) = try await studio.useCases.jobs.file(of: report.id, for: studio.caller)
        #expect((file.name, file.contentType) == ("One import.zip", "application/zip"))
        #expect(try await body.bytes() == download(report.id, studio))
    }

    @Test func `a sample that went meanwhile is left out and told, the others go on`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav", "snare.wav")
        let kit = try await studio.kit(ids)
        let report = try await studio.useCases.exports.export(kit.id, for: ExportTarget(.sp404mkii), of: studio.caller)
        try await studio.useCases.library.purge(ids[1], of: studio.caller)
        try await studio.work()
        let made = try await studio.useCases.exports.export(report.id, of: studio.caller)
        #expect((made.status, made.written) == (.completed, 1))
        #expect(made.notes.contains { $0.hasPrefix("A2: its sample is hidden or gone") })
    }

    @Test func `a kit of nothing, and one too large, are refused in words`() async throws {
        let studio = try await Studio()
        let empty = try await studio.useCases.kits.create(Kit(name: "Empty"), of: studio.caller)
        #expect(
            await refusal {
                try await studio.useCases.exports.export(empty.id, for: ExportTarget(.sp404mkii), of: studio.caller)
            } == "unprocessable")
        let ids = try await studio.samples("kick.wav")
        // As the row says it is: sixteen minutes on every pad are 29 GB.
        try await studio.database.write { session in
            let features: String = try #require(try session.row("SELECT features FROM audio_features")).get("features")
            let longer = features.replacing(/"frames":\d+/, with: "\"frames\":21168000")
            try session.execute("UPDATE audio_features SET features = \(longer)")
        }
        let pads = PadAddress.all.map { KitPad($0, sample: ids[0].text) }
        let full = try await studio.useCases.kits.create(Kit(name: "Full", pads: pads), of: studio.caller)
        #expect(
            await refusal {
                try await studio.useCases.exports.export(full.id, for: ExportTarget(.sp404mkii), of: studio.caller)
            } == "unprocessable")
    }

    @Test(arguments: [
        ExportTarget(.sp404mkii, project: 0), ExportTarget(.sp404mkii, project: 17), ExportTarget(.import, project: 1),
        ExportTarget(.sp404mkii, place: "../up"), ExportTarget(.sp404mkii, layout: "flat"),
        ExportTarget(.sp404sx, place: "export"), ExportTarget(.import, layout: "deep"),
        ExportTarget(.import, format: "exe"), ExportTarget(.sp404sx, format: "wav"),
    ])
    func `what the device has no use for is a mistake`(target: ExportTarget) async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav")
        #expect(
            await refusal {
                try await studio.useCases.exports.export(ids, named: "One", for: target, of: studio.caller)
            } == "invalid")
    }

    @Test func `nobody exports, sees, loads or deletes what is another's`() async throws {
        let studio = try await Studio()
        let (ids, eve) = (try await studio.samples("kick.wav"), Principal.signedIn(.random()))
        let kit = try await studio.kit(ids)
        let exports = studio.useCases.exports
        let report = try await exports.export(kit.id, for: ExportTarget(.sp404mkii), of: studio.caller)
        try await studio.work()
        #expect(await refusal { try await exports.export(report.id, of: eve) } == "notFound")
        #expect(await refusal { try await exports.download(report.id, of: eve, range: nil) } == "notFound")
        #expect(await refusal { try await exports.link(to: report.id, of: eve) } == "notFound")
        #expect(await refusal { try await exports.delete(report.id, of: eve) } == "notFound")
        #expect(await refusal { try await exports.export(kit.id, for: ExportTarget(.import), of: eve) } == "notFound")
        #expect(
            await refusal { try await exports.export(ids, named: "X", for: ExportTarget(.import), of: eve) }
                == "notFound")
        #expect(try await exports.exports(of: eve, PageRequest()).items.isEmpty)
        #expect(try await exports.exports(of: studio.caller, PageRequest()).items.map(\.id) == [report.id])
    }

    @Test func `more than twenty do not wait at once`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav")
        func ask() async -> String? {
            await refusal {
                try await studio.useCases.exports.export(
                    ids, named: "One", for: ExportTarget(.import), of: studio.caller)
            }
        }
        for _ in 0..<20 { #expect(await ask() == nil) }
        #expect(await ask() == "conflict")
    }

    @Test func `an account that goes takes its cards with it`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav")
        _ = try await studio.useCases.exports.export(
            ids, named: "One", for: ExportTarget(.import), of: studio.caller)
        try await studio.work()
        _ = try await studio.useCases.exports.export(
            ids, named: "Two", for: ExportTarget(.import), of: studio.caller)
        try await studio.useCases.exports.erase(studio.account)
        try await studio.work()
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM exports") == 0)
        #expect(try await studio.traces().objects == ["processed/\(studio.account)/\(ids[0])"])
    }

    @Test func `an upload may ask for a card of its sample`() async throws {
        let studio = try await Studio()
        let upload = try await studio.useCases.uploads.receive(
            .chunks(MadeAudio.wav(frames: 1_000), of: 500), named: "kick.wav", expectedSize: nil, exportsCard: true,
            for: studio.caller)
        while try await studio.work() > 0 {}
        let sample = try #require(try await studio.report(upload).sample)
        let report = try await studio.useCases.exports.export(JobID(renaming: sample), of: studio.caller)
        #expect(report.status == .completed)
        let files = try await studio.unpacked(try await download(report.id, studio))
        // Too short for the unit, and so lengthened to 0.1 s.
        #expect(files["IMPORT/SP-404/kick.wav"]?.count == 44 + 4_800 * 2)
    }

    @Test func `an upload whose card has no room is a sample all the same`() async throws {
        let studio = try await Studio(Plan(storageBytes: 600_000))
        let upload = try await studio.useCases.uploads.receive(
            .chunks(MadeAudio.wav(), of: 500), named: "kick.wav", expectedSize: nil, exportsCard: true,
            for: studio.caller)
        while try await studio.work() > 0 {}
        let sample = try #require(try await studio.report(upload).sample)
        let report = try await studio.useCases.exports.export(JobID(renaming: sample), of: studio.caller)
        #expect((report.status, report.error?.contains("bytes of storage")) == (.failed, true))
        #expect(try await studio.traces().holds == 0)
    }

    @Test func `names from outside lead nowhere`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("../../etc/passwd.wav", "CON.wav", "a:b*c?.wav", "\u{202E}gnp.wav")
        let report = try await studio.useCases.exports.export(
            ids, named: "One", for: ExportTarget(.import), of: studio.caller)
        try await studio.work()
        let files = try await studio.unpacked(try await download(report.id, studio))
        #expect(files.keys.allSatisfy { $0.hasPrefix("IMPORT") && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
        #expect(files.keys.count { $0.hasSuffix(".wav") } == 4)
    }
}
