import Foundation
import Testing

@testable import AudioCore

@Suite struct ProjectPlanTests {
    @Test func `a kit becomes files that are read again`() throws {
        let folder = try TestFolder()
        let tone = (0..<22_050).map { sin(Float($0) * 0.05) * 0.5 }
        try WrittenFile.write(tone, to: folder.file("tone.wav"), as: .wav(.bits16), rate: 44_100)
        var pad = try KitPad(#require(PadAddress("B13")), sample: "tone.wav")
        (pad.level, pad.start, pad.end, pad.chops) = (100, 441, 22_050 - 441, [4_410, 8_820])
        let kit = Kit(name: "Night Bus", bpm: 92.5, pads: [pad])
        let plan = try ProjectPlan(kit, from: folder.path, number: 3)
        #expect(plan.folder == "EXPORT/PROJECT/PROJECT_03")
        #expect(plan.items.map(\.target) == ["SMPL/BANK2-13.SMP"])
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/P/SMPL", withIntermediateDirectories: true)
        let sample = try plan.convert(0, in: "\(folder.path)/P")
        try plan.complete([0: sample], in: "\(folder.path)/P")

        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/P/SMPL/BANK2-13.SMP")))
        let head = try SampleFile(head: Array(bytes[..<512]), fileSize: bytes.count)
        #expect(head.frames == 24_000 && head.channels == 1)
        let middle = Int16(bitPattern: UInt16(bytes[512 + 24_000]) << 8 | UInt16(bytes[512 + 24_001]))
        #expect(abs(Float(middle) / 32_768 - sin(Float(12_000) * 0.05 * 44.1 / 48) * 0.5) < 0.01)
        let project = try PadConfiguration(
            Array(Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/P/PADCONF.BIN"))))
        #expect(project.pads[28][.start] == 512 + 480 * 2 && project.chops[28][..<3] == [4_800, 9_600, .max])
        let read = Kit(project, samples: [pad.address: sample]) { _ in "tone.wav" }
        #expect(read == kit)
    }

    /// 38,400 frames at 192 kHz are 9,600 at 48 kHz.
    @Test(
        arguments: [
            (40_000, nil, nil, []), (nil, 40_000, nil, []), (nil, nil, 39_000, []), (nil, nil, nil, [4, 39_000]),
            (400, 401, nil, []), (nil, 401, 400, []), (nil, nil, nil, [400, 401]),
        ] as [(Int?, Int?, Int?, [Int])])
    func `places that the sound does not have are refused`(start: Int?, end: Int?, loop: Int?, chops: [Int]) throws {
        let folder = try TestFolder()
        let noise = Signals.noise(seconds: 0.2, rate: 192_000)
        try WrittenFile.write(noise, to: folder.file("a.wav"), as: .wav(.bits16), rate: 192_000)
        var pad = KitPad(PadAddress.all[0], sample: "a.wav")
        (pad.start, pad.end, pad.loopStart, pad.chops) = (start, end, loop, chops)
        let plan = try ProjectPlan(Kit(name: "K", pads: [pad]), from: folder.path, number: 1)
        try FileManager.default.createDirectory(atPath: folder.file("SMPL"), withIntermediateDirectories: true)
        let error = #expect(throws: SamplerError.self) { try plan.convert(0, in: folder.path) }
        let text = "\(error as Any)"
        #expect(text.contains("behind the end") || text.contains("fall together"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("SMPL")) == [])
    }

    @Test func `a name that the unit cannot show is told`() throws {
        var pad = KitPad(PadAddress.all[3], sample: "Gong of an older temple at night.wav")
        let plan = try ProjectPlan(Kit(name: "K", pads: [pad]), from: "", number: 1)
        let told = "A4: its name becomes 'Gong of an older temple': name it with at most 23 ASCII characters"
        #expect(plan.problems.map(\.description) == [told])
        pad.name = "Gong"
        #expect(try ProjectPlan(Kit(name: "K", pads: [pad]), from: "", number: 1).problems.isEmpty)
    }

    @Test func `a bank's own tempo is used only where the project's is not`() throws {
        let kit = Kit(name: "K", bpm: 90, banks: [KitBank("C", bpm: 140)])
        var project = PadConfiguration(kit: kit, samples: [:])
        #expect(!project.settings.usesProjectTempo && project.settings.bpm(ofBank: 2) == 140)
        #expect(Kit(project, samples: [:]) { _ in "" } == kit)
        project.settings.usesProjectTempo = true
        #expect(Kit(project, samples: [:]) { _ in "" }.banks == nil)
    }

    @Test func `all that is wrong with a kit is told at once`() {
        #expect(throws: SamplerError.self) { try ProjectPlan(Kit(name: "", bpm: 1), from: "", number: 17) }
        do {
            _ = try ProjectPlan(Kit(name: "", bpm: 1), from: "", number: 17)
        } catch {
            guard case .unusableKit(let problems) = error else { return #expect(Bool(false), "\(error)") }
            #expect(problems.count == 3)
        }
    }
}
