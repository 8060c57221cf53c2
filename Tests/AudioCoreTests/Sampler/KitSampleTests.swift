import Foundation
import Testing

@testable import AudioCore

@Suite struct KitSampleTests {
    private func pad(_ address: String, _ sample: String, _ change: (inout KitPad) -> Void = { _ in }) throws -> KitPad
    {
        var pad = try KitPad(#require(PadAddress(address)), sample: sample)
        change(&pad)
        return pad
    }

    private func write(
        _ frames: Int, channels: Int = 1, to path: String, as encoding: AudioEncoding = .wav(.bits16)
    ) throws {
        let samples = (0..<frames * channels).map { sin(Float($0) * 0.05) * 0.5 }
        try WrittenFile.write(samples, to: path, as: encoding, rate: 8_000, channels: channels)
    }

    @Test func `a kit whose samples hold all its places has no problems`() throws {
        let folder = try TestFolder()
        try write(8_000, to: folder.file("a.wav"))
        try write(8_000, channels: 2, to: folder.file("b.flac"), as: .flac(.bits16))
        let kit = try Kit(
            name: "K",
            pads: [
                pad("A1", "a.wav") { ($0.start, $0.end, $0.loopStart, $0.chops) = (0, 8_000, 7_999, [0, 7_999]) },
                pad("A2", folder.file("b.flac")) { $0.end = 8_000 },
            ])
        #expect(kit.problems(from: folder.path).isEmpty)
    }

    @Test func `places behind the end of a sample are told one by one`() throws {
        let folder = try TestFolder()
        try write(8_000, to: folder.file("a.wav"))
        let kit = try Kit(
            name: "K",
            pads: [pad("B2", "a.wav") { ($0.end, $0.loopStart, $0.chops) = (9_000, 8_000, [1, 8_000, 8_500]) }])
        let told = kit.problems(from: folder.path).map(\.description)
        #expect(
            told == [
                "B2: end 9000 is behind the end of the sample (8000 frames): use at most 8000",
                "B2: loop_start 8000 is behind the end of the sample (8000 frames): use at most 7999",
                "B2: chop 8000 is behind the end of the sample (8000 frames): use at most 7999",
                "B2: chop 8500 is behind the end of the sample (8000 frames): use at most 7999",
            ])
    }

    @Test func `a start behind the end is told`() throws {
        let folder = try TestFolder()
        try write(8_000, to: folder.file("a.wav"))
        let kit = try Kit(name: "K", pads: [pad("A1", "a.wav") { $0.start = 8_000 }])
        #expect(
            kit.problems(from: folder.path).map(\.problem) == [
                "start 8000 is behind the end of the sample (8000 frames)"
            ])
    }

    @Test func `samples that a device does not take are told for all pads, with the kit's own problems`() throws {
        let folder = try TestFolder()
        try write(799, to: folder.file("short.wav"))
        try write(8_000, channels: 3, to: folder.file("three.wav"))
        try Data("no audio".utf8).write(to: URL(fileURLWithPath: folder.file("text.wav")))
        try write(0, to: folder.file("empty.wav"))
        let kit = try Kit(
            name: "",
            pads: [
                pad("A5", "missing.wav"), pad("A2", "three.wav") { $0.level = 200 }, pad("A1", "short.wav"),
                pad("A4", "text.wav"), pad("A6", "empty.wav"), pad("A3", ""),
            ])
        let told = kit.problems(from: folder.path)
        #expect(told.map { $0.pad?.description ?? "" } == ["", "A1", "A2", "A2", "A3", "A4", "A5", "A6"])
        #expect(
            told[1].description
                == "A1: 'short.wav' is shorter than 0.1 s (99 ms): lengthen it with silence (--lengthen)")
        #expect(told[2].problem == "level 200" && told[3].problem.hasSuffix("has 3 channels"))
        #expect(told[5].problem.hasPrefix("'text.wav': the first bytes are no audio format"))
        #expect(told[6].problem.hasPrefix("'missing.wav' cannot be opened"))
        #expect(told[7].problem.contains("holds no sound"))
        #expect(told.allSatisfy { !$0.remedy.isEmpty })
    }

    @Test func `more than sixteen minutes are told without decoding hours`() throws {
        let folder = try TestFolder()
        try write(8_000 * (16 * 60) + 1, to: folder.file("long.wav"))
        let kit = try Kit(name: "K", pads: [pad("A1", "long.wav")])
        let told = kit.problems(from: folder.path).map(\.description)
        #expect(told.count == 1 && told[0].hasPrefix("A1: '") && told[0].hasSuffix("is longer than 16 minutes: cut it"))
    }
}
