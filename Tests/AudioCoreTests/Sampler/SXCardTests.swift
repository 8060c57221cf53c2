import Foundation
import Testing

@testable import AudioCore

@Suite struct SXCardTests {
    @Test func `a card is found from its root, its folders, and in small letters`() throws {
        let folder = try TestFolder()
        try Self.write(card: folder.file("card/roland/sp-404sx"), samples: "smpl")
        for path in ["card", "card/roland", "card/roland/sp-404sx", "card/roland/sp-404sx/smpl"] {
            let card = try SXCard(path: folder.file(path))
            #expect(card.problems.isEmpty, "\(path): \(card.problems)")
            #expect(card.pads.map(\.address.description) == ["A1", "J12"], "\(path)")
            #expect(SXCard.isThere(folder.file(path)))
        }
        #expect(throws: SamplerError.self) { try SXCard(path: folder.path) }
        #expect(throws: SamplerError.self) { try SXCard(path: folder.file("nowhere")) }
        try FileManager.default.createDirectory(
            atPath: folder.file("PROJECT_01/SMPL"), withIntermediateDirectories: true)
        try Data([1]).write(to: URL(fileURLWithPath: folder.file("PROJECT_01/SMPL/BANK1-01.SMP")))
        #expect(!SXCard.isThere(folder.file("PROJECT_01")))
    }

    @Test func `a rebuilt card is the same byte for byte, patterns and all`() throws {
        let folder = try TestFolder()
        try Self.write(card: folder.file("SP-404SX"))
        let card = try SXCard(path: folder.path)
        let copied = try card.rebuild(to: folder.file("again"))
        #expect(copied == ["PTN/PTN00001.BIN", "SMPL/STPINFO.BIN"])
        for file in ["SMPL/PAD_INFO.BIN", "SMPL/A0000001.WAV", "SMPL/J0000012.WAV"] + copied {
            #expect(
                try Self.bytes(folder.file("SP-404SX/\(file)")) == Self.bytes(folder.file("again/\(file)")), "\(file)")
        }
        #expect(throws: SamplerError.exists(path: folder.file("again"))) { try card.rebuild(to: folder.file("again")) }
        try card.rebuild(to: folder.file("again"), replacesExisting: true)
        #expect(folder.names.sorted() == ["BACKUP1-again", "SP-404SX", "again"])
    }

    @Test func `what was extracted plays the same from a kit`() throws {
        let folder = try TestFolder()
        try Self.write(card: folder.file("SP-404SX"))
        let card = try SXCard(path: folder.path)
        let kit = try card.extract(to: folder.file("out"), kitName: "Mine")
        #expect(try Kit(path: folder.file("out/kit.json")) == kit)
        #expect(kit.name == "Mine" && kit.bpm == 92.5 && kit.problems.isEmpty)
        #expect(kit.pads.map(\.sample) == ["A0000001.WAV", "J0000012.WAV"])
        #expect(kit.pads[1].start == 100 && kit.pads[1].end == 9_000 && kit.pads[0].loop)

        // The kit on a new card gives the records and the sound of the old one.
        let plan = try SXCardPlan(kit, from: folder.file("out"))
        _ = try SXCardPlanTests.carryOut(plan, in: folder)
        for file in ["PAD_INFO.BIN", "A0000001.WAV", "J0000012.WAV"] {
            #expect(try Self.bytes(folder.file("SMPL/\(file)")) == Self.bytes(folder.file("SP-404SX/SMPL/\(file)")))
        }
    }

    @Test func `what is known of a card is JSON that can be read again`() throws {
        let folder = try TestFolder()
        try Self.write(card: folder.file("SP-404SX"))
        let inspection = try SXCard(path: folder.path).inspection
        #expect(inspection.device == "sp404sx" && inspection.otherFiles == ["PTN/PTN00001.BIN", "SMPL/STPINFO.BIN"])
        let pad = try #require(inspection.pads.last)
        #expect(pad.file == "SMPL/J0000012.WAV" && pad.padInFile == 119 && pad.channels == 1 && pad.frames == 10_000)
        #expect(pad.record?["user_start"] == 712 && pad.record?["user_tempo"] == 925 && pad.record?.count == 14)
        let json = try JSONEncoder().encode(inspection)
        #expect(try JSONDecoder().decode(SXCard.Inspection.self, from: json) == inspection)
        #expect(String(decoding: json, as: UTF8.self).contains(#""pad_index_in_file":119"#))
    }

    @Test func `damage is gathered file by file and the rest is read`() throws {
        let folder = try TestFolder()
        let samples = folder.file("SP-404SX/SMPL")
        try Self.write(card: folder.file("SP-404SX"))
        let whole = try Self.bytes("\(samples)/J0000012.WAV")
        func put(_ bytes: [UInt8], _ name: String) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(samples)/\(name)"))
        }
        try put(whole, "B0000002.WAV")
        try put(Array(whole[..<300]), "B0000003.WAV")
        try put([], "B0000004.WAV")
        try put(Array("no sound at all".utf8), "B0000005.AIF")
        try put(whole, "j0000012.wav")
        try WrittenFile.write(
            Array(repeating: 0.1, count: 5_000), to: "\(samples)/B0000006.WAV", as: .wav(.bits24), rate: 48_000)
        try FileManager.default.removeItem(atPath: "\(samples)/A0000001.WAV")
        try FileManager.default.createSymbolicLink(
            atPath: "\(samples)/C0000001.WAV", withDestinationPath: "/etc/passwd")
        let card = try SXCard(path: folder.path)
        let texts = card.problems.map(\.description)
        func told(_ file: String, _ words: String) -> Bool {
            texts.contains { $0.hasPrefix("SMPL/\(file): ") && $0.contains(words) }
        }
        #expect(told("B0000002.WAV", "its head says J12") && told("B0000002.WAV", "empty by its record"))
        #expect(
            told("B0000003.WAV", "300 bytes") && told("B0000004.WAV", "0 bytes") && told("B0000005.AIF", "15 bytes"))
        #expect(told("j0000012.wav", "J12 has SMPL/J0000012.WAV already"))
        #expect(told("B0000006.WAV", "SP-404SX") && told("PAD_INFO.BIN", "A1: its sample file is missing"))
        #expect(told("C0000001.WAV", "a link is not followed"))
        let heard = card.pads.filter { $0.sample?.stream != nil }.map(\.address.description)
        #expect(heard == ["B2", "B6", "J12"])
        #expect(card.kit().pads.map(\.address.description) == ["J12"])
        try card.rebuild(to: folder.file("again"))
        #expect(try Self.bytes(folder.file("again/SMPL/B0000003.WAV")) == Array(whole[..<300]))
        #expect(!FileManager.default.fileExists(atPath: folder.file("again/SMPL/C0000001.WAV")))
    }

    @Test func `without records the samples are on their pads as they are`() throws {
        let folder = try TestFolder()
        try Self.write(card: folder.file("SP-404SX"))
        let path = folder.file("SP-404SX/SMPL/PAD_INFO.BIN")
        for bytes in [[], Array(repeating: 0xFF, count: 3_839)] as [[UInt8]] {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let card = try SXCard(path: folder.path)
            #expect(card.problems.map(\.file) == ["SMPL/PAD_INFO.BIN"] && card.information == nil)
            #expect(card.kit().pads.map(\.sample) == ["A0000001.WAV", "J0000012.WAV"])
            try card.rebuild(to: folder.file("again"), replacesExisting: true)
            #expect(try Self.bytes(folder.file("again/SMPL/PAD_INFO.BIN")) == bytes)
        }
        try FileManager.default.removeItem(atPath: path)
        let card = try SXCard(path: folder.path)
        #expect(card.problems.map(\.file) == ["SMPL/PAD_INFO.BIN"] && card.pads.count == 2)
    }

    /// Records of any content never stop a card, and come out as they were.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `any records are read and rebuilt`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let folder = try TestFolder()
        try Self.write(card: folder.file("SP-404SX"))
        let bytes = (0..<PadInformation.fileSize).map { _ in UInt8.random(in: 0...255, using: &random) }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("SP-404SX/SMPL/PAD_INFO.BIN")))
        let card = try SXCard(path: folder.path)
        #expect(card.pads.count == 120 && !card.problems.isEmpty)
        #expect(card.kit().problems.isEmpty, "\(card.kit().problems)")
        _ = try JSONEncoder().encode(card.inspection)
        try card.rebuild(to: folder.file("again"))
        #expect(try Self.bytes(folder.file("again/SMPL/PAD_INFO.BIN")) == bytes)
    }

    /// Two pads, a pattern, and a file whose meaning is not known.
    private static func write(card: String, samples: String = "SMPL") throws {
        for folder in [samples, "PTN"] {
            try FileManager.default.createDirectory(atPath: "\(card)/\(folder)", withIntermediateDirectories: true)
        }
        func put(_ bytes: [UInt8], _ name: String) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(card)/\(name)"))
        }
        try put([1, 2, 3], "PTN/PTN00001.BIN")
        try put(Array(repeating: 9, count: 124), "\(samples)/STPINFO.BIN")
        var kit = Kit(name: "K", bpm: 92.5)
        var sounds: [PadAddress: CardSample] = [:]
        for (index, channels) in [(0, 2), (119, 1)] {
            let address = PadAddress.allOnSX[index]
            let sound = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
            let frames = sound.count / (2 * channels)
            let head = try SXSampleFile(channels: channels, frames: frames, pad: address).head
            try put(head + sound, "\(samples)/\(address.fileNameOnSX ?? "")")
            sounds[address] = CardSample(
                sourceRate: 44_100, channels: channels, frames: frames, clippedSamples: 0, addedFrames: 0)
            var pad = KitPad(address, sample: "")
            (pad.loop, pad.level) = (index == 0, 100)
            if index == 119 { (pad.start, pad.end) = (100, 9_000) }
            kit.pads.append(pad)
        }
        try put(PadInformation(kit: kit, samples: sounds).bytes, "\(samples)/PAD_INFO.BIN")
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
