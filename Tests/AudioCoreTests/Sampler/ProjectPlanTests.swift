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
