import Foundation
import Testing

@testable import AudioCore

@Suite struct SliceFilesTests {
    @Test func `a set that is there is left alone, unless it may be replaced`() throws {
        let folder = try TestFolder()
        let (slicer, plan) = try clicks(in: folder)
        var files = SliceFiles(folder: folder.file("out"), name: SliceName(of: "clicks.wav"))
        let first = try files.write(plan, of: slicer)
        let stamp = try Data(contentsOf: URL(filePath: first.paths[0]))
        #expect(throws: SlicingError.exists(path: folder.file("out/clicks_01.wav"))) {
            try files.write(plan, of: slicer)
        }
        #expect(try Data(contentsOf: URL(filePath: first.paths[0])) == stamp)
        files.replacesExisting = true
        let fewer = try slicer.plan(.onsets, options: SliceOptions(minimumLength: 0.7))
        let second = try files.write(fewer, of: slicer)
        #expect(second.paths.count < first.paths.count)
        #expect(second.leftovers.count == first.paths.count - second.paths.count, "what is older is told")
    }

    @Test func `when one slice cannot be written none is there`() throws {
        let folder = try TestFolder()
        let (slicer, plan) = try clicks(in: folder)
        var files = SliceFiles(folder: folder.file("out"), name: SliceName(of: "clicks.wav"))
        files.encoding = .opus()
        // Opus does not know 44.1 kHz.
        #expect(throws: AudioWriteError.self) { try files.write(plan, of: slicer) }
        files.encoding = nil
        let longer = SlicePlan(slices: plan.slices, frames: plan.frames + 1, sampleRate: 44_100)
        #expect(throws: SlicingError.changed) { try files.write(longer, of: slicer) }
        #expect((try? FileManager.default.contentsOfDirectory(atPath: files.folder)) ?? [] == [])
    }

    @Test func `a file where the folder should be is told`() throws {
        let folder = try TestFolder()
        let (slicer, plan) = try clicks(in: folder)
        let files = SliceFiles(folder: folder.file("clicks.wav"), name: SliceName(of: "clicks.wav"))
        #expect(throws: SlicingError.cannotCreate(path: files.folder, reason: "the folder cannot be made")) {
            try files.write(plan, of: slicer)
        }
    }

    @Test(arguments: [
        ("/a/b/Amen break.wav", "Amen break"), (".hidden.wav", "_hidden"), ("a:b?<c>.flac", "a_b__c_"),
        ("two.dots.aif", "two.dots"), ("bell\u{7}.wav", "bell_"), ("end. .wav", "end"), (" .wav", "slice"),
        ("Ünïcödé.wav", "Ünïcödé"), (String(repeating: "é", count: 200) + ".wav", String(repeating: "é", count: 100)),
    ])
    func `names are fit for any file system`(path: String, name: String) {
        #expect(SliceName(of: path).description == name)
    }

    @Test func `numbers are padded to the count, to two digits at least`() {
        let name = SliceName(of: "x.wav")
        #expect(name.file(0, of: 1, format: "wav") == "x_01.wav")
        #expect(name.file(8, of: 100, format: "wav") == "x_009.wav")
        #expect(name.file(99, of: 100, format: "aif") == "x_100.aif")
        #expect(name.matches("x_01.wav", format: "wav") && name.matches("x_123.wav", format: "wav"))
        for other in ["x_1.wav", "x_01.aif", "xx_01.wav", "x_1a.wav", "x_.wav", "x.wav"] {
            #expect(!name.matches(other, format: "wav"))
        }
    }

    static let depths: [(Int?, AudioEncoding)] = [
        (16, .wav(.bits16)), (8, .wav(.bits16)), (20, .wav(.bits24)), (24, .wav(.bits24)), (32, .wavFloat),
        (64, .wavFloat),
        (nil, .wav(.bits24)),
    ]

    @Test(arguments: depths)
    func `the depth of the source is kept`(bits: Int?, encoding: AudioEncoding) {
        #expect(
            AudioEncoding.keeping(AudioStream(format: .wav, sampleRate: 44_100, channels: 1, bitDepth: bits))
                == encoding)
    }

    private func clicks(in folder: TestFolder) throws -> (FileSlicer, SlicePlan) {
        let signal = Signals.beats(bpm: 120, seconds: 3, sound: Signals.click())
        try WrittenFile.write(signal, to: folder.file("clicks.wav"), as: .wav(.bits16), rate: 44_100)
        let slicer = FileSlicer(path: folder.file("clicks.wav"))
        return (slicer, try slicer.plan(.onsets))
    }
}
