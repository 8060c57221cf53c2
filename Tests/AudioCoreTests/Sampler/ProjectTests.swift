import Foundation
import Testing

@testable import AudioCore

@Suite struct ProjectTests {
    @Test func `a sound project has no problems`() throws {
        let made = try MadeProject()
        let project = try Project(path: made.path)
        #expect(project.problems == [] && project.isSound)
        #expect(Set(project.samples.keys.map(\.description)) == ["A1", "B2"])
        #expect(project.patterns.map(\.description) == ["A1", "J16"])
        #expect(project.otherFiles == ["PICTURE/startup_1.bmp", "PTN/PATTERNCHAIN_00.CHN", "notes.txt"])
    }

    @Test func `capitals do not matter, as on a card`() throws {
        let made = try MadeProject()
        try FileManager.default.moveItem(atPath: "\(made.path)/SMPL", toPath: "\(made.path)/smpl")
        try FileManager.default.moveItem(atPath: "\(made.path)/PADCONF.BIN", toPath: "\(made.path)/PadConf.bin")
        let project = try Project(path: made.path)
        #expect(project.samples.count == 2 && project.problems == [])
        let copy = made.folder.file("copy")
        _ = try project.rebuild(to: copy)
        #expect(try MadeProject.contents(of: copy) == MadeProject.contents(of: made.path))
    }

    @Test func `rebuilding gives the same bytes`() throws {
        let made = try MadeProject()
        // What is not known or damaged is carried along.
        try made.put("SMPL/BANK3-01.SMP", [1, 2, 3])
        try made.put("PTN/PTN00002.BIN", [1, 2, 3])
        try made.configure { $0.pads[3].words[30] = 0xDEAD_BEEF }
        let output = try Project(path: made.path).rebuild(to: made.folder.file("copy"))
        #expect(try MadeProject.contents(of: output.path) == MadeProject.contents(of: made.path))
        #expect(output.files.filter(\.isParsed).count == 5 && output.files.count == 10)
        #expect(throws: SamplerError.self) { try Project(path: made.path).rebuild(to: output.path) }
        let again = try Project(path: made.path).rebuild(to: output.path, replacesExisting: true)
        #expect(again.backup != nil)
    }

    @Test func `samples become WAV files, to the bit`() throws {
        let made = try MadeProject()
        let output = try Project(path: made.path).extract(to: made.folder.file("out"))
        #expect(output.files.map(\.name) == ["Break.wav", "Kick _ low.wav", "kit.json"])
        let wav = try WrittenFile(path: "\(output.path)/Break.wav")
        #expect(wav.stream.channels == 2 && wav.stream.sampleRate == 48_000 && wav.samples.count == 19_200)
        let bytes = try MadeProject.sample(channels: 2, frames: 9_600).dropFirst(512)
        let expected = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { place in
            Float(Int16(bitPattern: UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]))) / 32_768
        }
        #expect(wav.samples == expected)
        let kit = try Kit(path: "\(output.path)/kit.json")
        #expect(kit.problems.isEmpty && kit.name == "Night Bus" && kit.bpm == 92.5)
        #expect(kit.pads.map(\.sample) == ["Break.wav", "Kick _ low.wav"])
        #expect(kit.pads.map(\.name) == [nil, "Kick / low"])
        #expect(kit.pads[0].chops == [1_200, 2_400] && kit.pads[1].loopStart == 100 && kit.pads[1].loop)
    }

    /// Kit, project, kit: what was planned is what is read.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a kit that is exported and extracted is the same kit`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let folder = try TestFolder()
        let pads = PadAddress.all.shuffled(using: &random).prefix(6).sorted()
        var kit = Kit(name: "Kit \(seed)", bpm: 100, banks: [KitBank("J", bpm: 80, volume: 3, protected: true)])
        for (number, address) in pads.enumerated() {
            let frames = Int.random(in: 4_800...9_000, using: &random)
            let sound = (0..<frames).map { Float(Int16(truncatingIfNeeded: $0 * 97)) / 32_768 }
            try WrittenFile.write(sound, to: folder.file("s\(number).wav"), as: .wav(.bits16))
            var pad = KitPad(address, sample: "s\(number).wav")
            (pad.start, pad.end, pad.loop) = (Int.random(in: 1...1_000, using: &random), frames - 7, true)
            (pad.loopStart, pad.chops) = (2_000, [1_500, 2_500, 4_000])
            (pad.level, pad.pan, pad.pitch, pad.fineTune) = (101, 3, -5, 42)
            (pad.gate, pad.oneShot, pad.playMode, pad.muteGroup, pad.padLink) = (true, true, 2, 4, 5)
            (pad.bpm, pad.tempoSync, pad.stretch, pad.bus, pad.attack) = (87.25, true, 120.5, 2, 9)
            kit.pads.append(pad)
        }
        let plan = try ProjectPlan(kit, from: folder.path, number: 1)
        let place = folder.file("P")
        try FileManager.default.createDirectory(atPath: "\(place)/SMPL", withIntermediateDirectories: true)
        var samples: [Int: CardSample] = [:]
        for index in plan.items.indices { samples[index] = try plan.convert(index, in: place) }
        try plan.complete(samples, in: place)
        let project = try Project(path: place)
        #expect(project.isSound, "\(project.problems)")
        _ = try project.extract(to: folder.file("out"))
        #expect(try Kit(path: folder.file("out/kit.json")) == kit)
        let before = try MadeProject.bytes(folder.file("s0.wav"))
        #expect(try MadeProject.bytes(folder.file("out/s0.wav")).suffix(9_000) == before.suffix(9_000))
    }

    @Test func `patterns are exported at the tempo of their bank`() throws {
        let made = try MadeProject()
        try made.configure {
            $0.settings.usesProjectTempo = false
            $0.settings.setBPM(60, ofBank: 9)
        }
        let output = try Project(path: made.path).exportMIDI(to: made.folder.file("midi"))
        #expect(output.files.map(\.name) == ["A1.mid", "J16.mid"])
        // A million microseconds a quarter.
        let expected: [UInt8] = [0, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40]
        #expect(try Array(MadeProject.bytes("\(output.path)/J16.mid")[22..<29]) == expected)
    }

    @Test func `a card with one project is that project`() throws {
        let made = try MadeProject()
        let card = made.folder.file("card")
        try FileManager.default.createDirectory(atPath: "\(card)/export/Project", withIntermediateDirectories: true)
        #expect(Project.folders(in: card) == [])
        try FileManager.default.copyItem(atPath: made.path, toPath: "\(card)/export/Project/PROJECT_01")
        #expect(Project.folders(in: card) == ["\(card)/export/Project/PROJECT_01"])
        try FileManager.default.copyItem(atPath: made.path, toPath: "\(card)/export/Project/PROJECT_02")
        #expect(Project.folders(in: card).count == 2)
        #expect(Project.folders(in: made.path) == [made.path])
    }

    @Test func `names are safe on any file system, each once`() {
        var names = SafeNames()
        let texts = ["Kick", "KICK", "a/b:c", "..", "con", "nul.x", "end. .", "", "Kick-2"]
        let expected = ["Kick", "KICK-2", "a_b_c", "_", "_con", "_nul.x", "end", "_-2", "Kick-2-2"]
        #expect(texts.map { names.name($0) } == expected)
    }
}
