import Foundation
import Testing

@testable import AudioCore

@Suite struct SXCardPlanTests {
    @Test func `a kit becomes WAVs and records of the unit`() throws {
        let folder = try TestFolder()
        let tone = (0..<48_000).map { sin(Float($0) * 0.05) * 0.5 }
        try WrittenFile.write(tone, to: folder.file("tone.wav"), as: .wav(.bits16), rate: 48_000)
        var pad = try KitPad(#require(PadAddress("B12")), sample: "tone.wav")
        (pad.level, pad.start, pad.end, pad.bpm, pad.tempoSync) = (90, 480, 47_520, 120, true)
        let kit = Kit(name: "Night Bus", bpm: 92.5, pads: [pad])
        let plan = try SXCardPlan(kit, from: folder.path)
        #expect(plan.folder == "ROLAND/SP-404SX/SMPL" && plan.problems.isEmpty)
        #expect(plan.items.map(\.target) == ["B0000012.WAV"])
        #expect(try SXCardPlan(kit, from: folder.path, at: .import).folder == "IMPORT/SP-404SX/SMPL")

        let sample = try Self.carryOut(plan, in: folder)
        #expect(sample[0]?.frames == 44_100 && sample[0]?.channels == 1)
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: folder.file("SMPL/B0000012.WAV"))))
        let head = try SXSampleFile(head: Array(bytes[..<512]), fileSize: bytes.count)
        #expect(head.frames == 44_100 && head.padIndex == 23 && head.head == Array(bytes[..<512]))
        let middle = Int16(bitPattern: UInt16(bytes[513 + 44_100]) << 8 | UInt16(bytes[512 + 44_100]))
        #expect(abs(Float(middle) / 32_768 - sin(Float(24_000) * 0.05) * 0.5) < 0.01)
        let information = try PadInformation(
            Array(Data(contentsOf: URL(fileURLWithPath: folder.file("SMPL/PAD_INFO.BIN")))))
        let record = information.records[23]
        #expect(record[.originalStart] == 512 && record[.originalEnd] == 512 + 88_200)
        #expect(record[.userStart] == 512 + 882 && record[.userEnd] == 512 + 2 * 43_659)
        #expect(record[.volume] == 90 && record[.channels] == 1 && record[.format] == 1 && record[.gate] == 0)
        #expect(record.tempoMode == .user && record.originalBPM == 120 && record.userBPM == 92.5)
        #expect(information.problems(fileSizes: [pad.address: bytes.count]).isEmpty)
        #expect(information.records.filter(\.isEmpty).count == 119)
    }

    @Test func `sound of the unit's rate and depth comes out bit for bit`() throws {
        let folder = try TestFolder()
        let noise = (0..<20_000).map { Float(($0 * 7_919) % 65_536 - 32_768) / 32_768 }
        try WrittenFile.write(noise, to: folder.file("noise.wav"), as: .wav(.bits16), rate: 44_100, channels: 2)
        let kit = Kit(name: "K", pads: [KitPad(PadAddress.allOnSX[0], sample: "noise.wav")])
        _ = try Self.carryOut(SXCardPlan(kit, from: folder.path), in: folder)
        let written = try WrittenFile(path: folder.file("SMPL/A0000001.WAV"))
        #expect(written.samples == noise && written.stream.channels == 2 && written.stream.sampleRate == 44_100)
    }

    @Test func `what an SP-404SX does not have is told once per pad`() throws {
        var pad = try KitPad(#require(PadAddress("A1")), sample: "a.wav")
        (pad.pitch, pad.fineTune, pad.pan, pad.attack, pad.hold, pad.release) = (1, 1, 1, 1, 1, 1)
        (pad.muteGroup, pad.padLink, pad.bus, pad.playMode, pad.stretch) = (1, 1, 2, 1, 99)
        (pad.start, pad.loopStart, pad.chops, pad.oneShot, pad.fixedVelocity) = (5, 6, [7], true, true)
        (pad.bpm, pad.gate) = (90.25, true)
        var same = try KitPad(#require(PadAddress("A2")), sample: "a.wav")
        (same.start, same.loopStart, same.name) = (5, 5, "Kick")
        let beyond = try KitPad(#require(PadAddress("C13")), sample: "a.wav")
        let banks = [KitBank("B", bpm: 90, volume: 100, protected: true), KitBank("C", volume: 127)]
        let plan = try SXCardPlan(Kit(name: "K", bpm: 90.33, pads: [beyond, pad, same], banks: banks), from: "/")
        let texts = plan.problems.map(\.description)
        #expect(texts.count == 3 && plan.items.map(\.target) == ["A0000001.WAV", "A0000002.WAV"])
        #expect(texts[0].contains("90.33 BPM") && texts[1].contains("bank B: tempo, volume, protection not kept"))
        for word in [
            "pan", "pitch", "fine_tune", "play_mode", "mute_group", "pad_link", "stretch", "attack", "hold", "release",
            "bus", "chops", "loop_start", "one_shot with gate", "fixed_velocity",
        ] {
            #expect(texts[2].contains(word), "\(word)")
        }
        let left = plan.omissions.map(\.description)
        #expect(left == ["C13: an SP-404SX has 12 pads a bank: move it to one of the pads 1 to 12"])
    }

    @Test func `a kit with wrong values is refused whole`() {
        #expect(throws: SamplerError.self) { try SXCardPlan(Kit(name: "", bpm: 1), from: "") }
    }

    @Test func `a pad that starts behind its sample is refused and leaves no file`() throws {
        let folder = try TestFolder()
        try WrittenFile.write(
            Array(repeating: 0.5, count: 10_000), to: folder.file("a.wav"), as: .wav(.bits16), rate: 44_100)
        var pad = KitPad(PadAddress.allOnSX[0], sample: "a.wav")
        pad.start = 10_000
        let plan = try SXCardPlan(Kit(name: "K", pads: [pad]), from: folder.path)
        #expect(throws: SamplerError.self) { try plan.convert(0, in: folder.path) }
        #expect(folder.names == ["a.wav"])
    }

    /// A kit of what an SP-404SX has, as records and back.
    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `any kit for the unit is read as it was written`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bpm = Double(Int.random(in: 400...2_000, using: &random)) / 10
        var kit = Kit(name: "K", bpm: bpm)
        var samples: [PadAddress: CardSample] = [:]
        for address in PadAddress.allOnSX where Bool.random(using: &random) {
            let frames = Int.random(in: 4_410...10_000_000, using: &random)
            let channels = Int.random(in: 1...2, using: &random)
            samples[address] = CardSample(
                sourceRate: 44_100, channels: channels, frames: frames, clippedSamples: 0, addedFrames: 0)
            var pad = Self.pad(address, frames: frames, using: &random)
            let own = Double(Int.random(in: 400...2_000, using: &random)) / 10
            if own != bpm, Bool.random(using: &random) { pad.bpm = own }
            kit.pads.append(pad)
        }
        // A kit in which no pad tells its tempo is read with the usual one.
        if kit.pads.isEmpty { kit.bpm = 120 }
        let written = PadInformation(kit: kit, samples: samples)
        let read = try PadInformation(written.bytes)
        #expect(read.problems(fileSizes: samples.mapValues { 512 + $0.frames * $0.channels * 2 }).isEmpty)
        #expect(Kit(read, samples: samples, name: "K") { "\($0).wav" } == kit)
    }

    private static func pad(_ address: PadAddress, frames: Int, using random: inout SplitMix64) -> KitPad {
        var pad = KitPad(address, sample: "\(address).wav")
        (pad.level, pad.gate) = (Int.random(in: 0...127, using: &random), Bool.random(using: &random))
        (pad.loop, pad.reverse) = (Bool.random(using: &random), Bool.random(using: &random))
        pad.tempoSync = Bool.random(using: &random)
        if Bool.random(using: &random) { pad.start = Int.random(in: 1..<2_000, using: &random) }
        if Bool.random(using: &random) { pad.end = Int.random(in: 2_000..<frames, using: &random) }
        return pad
    }

    static func carryOut(_ plan: SXCardPlan, in folder: TestFolder) throws -> [Int: CardSample] {
        let target = folder.file("SMPL")
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        var samples: [Int: CardSample] = [:]
        for index in plan.items.indices { samples[index] = try plan.convert(index, in: target) }
        try plan.complete(samples, in: target)
        return samples
    }
}
