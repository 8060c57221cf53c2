import Foundation
import Testing

@testable import AudioCore

@Suite struct FileSlicerTests {
    @Test(arguments: [AudioEncoding.wav(.bits16), .wav(.bits24), .wavFloat, .flac(.bits16), .aiff(.bits24)])
    func `slices without fades, put together again, are the file to the bit, in its own depth`(
        encoding: AudioEncoding
    ) throws {
        let folder = try TestFolder()
        let loop = Signals.beats(bpm: 120, seconds: 4, start: 0.2, sound: Signals.click()).flatMap { [$0, -0.5 * $0] }
        try WrittenFile.write(loop, to: folder.file("loop.x"), as: encoding, rate: 44_100, channels: 2)
        let source = try WrittenFile(path: folder.file("loop.x"))
        let slicer = FileSlicer(path: folder.file("loop.x"))
        let plan = try slicer.plan(.onsets, options: SliceOptions(fade: 0))
        #expect(plan.slices.count == 9)
        let files = SliceFiles(folder: folder.file("out"), name: SliceName(of: "loop.x"))
        let written = try files.write(plan, of: slicer)
        let slices = try written.paths.map { try WrittenFile(path: $0) }
        #expect(slices.flatMap(\.samples) == source.samples)
        #expect(
            slices.allSatisfy { $0.stream.bitDepth == source.stream.bitDepth && $0.stream.channels == 2 })
        #expect(zip(slices, written.peaks).allSatisfy { slice, peak in slice.samples.allSatisfy { abs($0) <= peak } })
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.folder).count == 9, "nothing else stays")
        #expect(written.paths.first?.hasSuffix("/loop_01.wav") == true)
    }

    @Test func `hits at known times begin slices, and beats every so many`() throws {
        let folder = try TestFolder()
        let path = folder.file("hits.wav")
        let signal = Signals.beats(bpm: 120, seconds: 8, start: 0.25, sound: Signals.kick())
        try WrittenFile.write(signal, to: path, as: .wav(.bits16), rate: 44_100)
        let hits = try FileSlicer(path: path).plan(.onsets)
        #expect(hits.slices.count == 17)
        for (index, slice) in hits.slices.dropFirst().enumerated() {
            let hit = 11_025 + index * 22_050
            #expect((hit - 221...hit + 2).contains(slice.range.lowerBound))
        }
        let bars = try FileSlicer(path: path).plan(.beats(every: 4))
        #expect(bars.slices.map { $0.range.lowerBound / 22_050 } == [0, 0, 4, 8, 12])
    }

    @Test func `clips are taken out of a recording`() throws {
        let folder = try TestFolder()
        let path = folder.file("session.wav")
        let take = Signals.noise(amplitude: 0.5, seconds: 3, rate: 8_000)
        let pause = Signals.silence(seconds: 2, rate: 8_000)
        try WrittenFile.write(pause + take + pause + take, to: path, as: .wav(.bits16), rate: 8_000)
        let plan = try FileSlicer(path: path).plan(.clips(ClipOptions(minimumLength: 3)))
        #expect(plan.slices.count == 2)
        #expect(plan.slices[0].fadeIn == 16 && plan.slices[0].fadeOut == 16)
        #expect(plan.slices[1].range.upperBound == 80_000 && plan.slices[1].fadeOut == 0)
        #expect(throws: SlicingError.noClips) { try FileSlicer(path: path).plan(.clips(ClipOptions())) }
    }

    @Test(arguments: [
        ("silence", 1, 44_100), ("one sample", 1, 44_100), ("an offset", 2, 44_100), ("clipped", 2, 44_100),
        ("one bit", 1, 44_100), ("noise", 8, 44_100), ("noise", 1, 384_000), ("noise", 1, 8_000),
    ])
    func `odd files are cut whole or refused with a reason`(name: String, channels: Int, rate: Int) throws {
        let folder = try TestFolder()
        let path = folder.file("odd.wav")
        try WrittenFile.write(odd(name, channels, rate), to: path, as: .wav(.bits16), rate: rate, channels: channels)
        for rule in [SliceRule.onsets, .beats(every: 1), .clips(ClipOptions(minimumLength: 0.5))] {
            let slicer = FileSlicer(path: path)
            do {
                let plan = try slicer.plan(rule)
                var frames = 0
                try slicer.render(plan) { _, samples in frames += samples.count / channels }
                #expect(frames == plan.slices.reduce(0) { $0 + $1.range.count })
                if case .clips = rule { continue }
                #expect(frames == plan.frames)
            } catch let error as SlicingError {
                #expect([.noOnsets, .noBeats, .noClips].contains(error))
            }
        }
        if ["silence", "an offset"].contains(name) {
            #expect(throws: SlicingError.noClips) { try FileSlicer(path: path).plan(.clips(ClipOptions())) }
            #expect(throws: SlicingError.noBeats) { try FileSlicer(path: path).plan(.beats(every: 1)) }
        }
    }

    @Test func `beats are refused where they are not known, and clips of a file are those of its curve`() throws {
        let folder = try TestFolder()
        let path = folder.file("long.wav")
        let long = Signals.beats(bpm: 120, seconds: 601, rate: 8_000, sound: Signals.click(rate: 8_000))
        try WrittenFile.write(long, to: path, as: .wav(.bits16), rate: 8_000)
        #expect(throws: SlicingError.tooLongForBeats(seconds: 600)) {
            try FileSlicer(path: path).plan(.beats(every: 4))
        }
        let samples = try WrittenFile(path: path).samples
        #expect(try ActivityCurve(path: path) == activity(samples, rate: 8_000))
    }

    @Test func `every hostile file is cut or refused by a typed error`() throws {
        var limits = DecodeLimits()
        limits.duration = .seconds(1)
        limits.channels = 1...8
        for vector in try AudioVectors.hostile() where vector.expect != "reject" {
            try vector.withFile { path in
                do {
                    let slicer = FileSlicer(path: path, limits: limits)
                    let plan = try slicer.plan(.clips(ClipOptions(minimumLength: 0)))
                    try slicer.render(plan) { _, samples in
                        #expect(samples.allSatisfy { $0.isFinite }, "\(vector.name)")
                    }
                } catch is AudioError {
                } catch is SlicingError {
                }
            }
        }
    }

    @Test func `a cut file is sliced as far as it goes`() throws {
        let folder = try TestFolder()
        let bytes = MadeFiles.wav(
            MadeFiles.fmt(), MadeFiles.chunk("data", [UInt8](repeating: 7, count: 20_000), size: 4_000_000))
        try Data(bytes).write(to: URL(filePath: folder.file("cut.wav")))
        let slicer = FileSlicer(path: folder.file("cut.wav"))
        let plan = try slicer.plan(.onsets, options: SliceOptions(minimumLength: 0))
        #expect(plan.frames == 10_000)
        #expect(plan.slices.last?.range.upperBound == 10_000)
    }

    private func odd(_ name: String, _ channels: Int, _ rate: Int) -> [Float] {
        let count = rate / 4 * 4 * channels
        return switch name {
        case "silence": Array(repeating: 0, count: count)
        case "one sample": [0.5]
        case "an offset": Array(repeating: 0.5, count: count)
        case "clipped": (0..<count).map { max(-1, min(1, 4 * sinf(Float($0) * 0.01))) }
        case "one bit": Signals.noise(seconds: Double(count) / Double(rate), rate: Double(rate)).map { $0 < 0 ? -1 : 1 }
        default: Array(Signals.noise(seconds: Double(count + 1) / Double(rate), rate: Double(rate)).prefix(count))
        }
    }
}
