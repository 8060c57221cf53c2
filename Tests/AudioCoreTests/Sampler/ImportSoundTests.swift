import Foundation
import Testing

@testable import AudioCore

@Suite struct ImportSoundTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func `a WAV holds its format and its samples and nothing else`() throws {
        let source = try write(noise(9_600, seed: 1), "a.wav", .wav(.bits16), channels: 2)
        let (sample, bytes) = try convert(source, .wav)
        #expect(sample.frames == 4_800 && sample.channels == 2 && sample.clippedSamples == 0)
        var head = Array("RIFF".utf8) + little(bytes.count - 8, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
        head += little(1, 2) + little(2, 2) + little(48_000, 4) + little(192_000, 4) + little(4, 2) + little(16, 2)
        head += Array("data".utf8) + little(4 * 4_800, 4)
        #expect(Array(bytes[..<44]) == head && bytes.count == 44 + 4 * 4_800)
    }

    @Test func `an AIFF holds its format and its samples and nothing else`() throws {
        let source = try write(noise(4_800, seed: 2), "a.wav", .wav(.bits16))
        let (_, bytes) = try convert(source, .aiff)
        #expect(bytes.count == 54 + 2 * 4_800)
        #expect(bytes[..<4].elementsEqual("FORM".utf8) && bytes[8..<16].elementsEqual("AIFFCOMM".utf8))
        #expect(bytes[38..<42].elementsEqual("SSND".utf8))
    }

    @Test(arguments: ImportPlan.Format.allCases)
    func `48 kHz and 16 bits arrive bit for bit`(format: ImportPlan.Format) throws {
        let samples = noise(19_202, seed: 3)
        for (name, encoding) in [("a.wav", AudioEncoding.wav(.bits16)), ("a.flac", .flac(.bits16))] {
            let source = try write(samples, name, encoding, channels: 2)
            let folder = try TestFolder()
            _ = try ImportPlan([ImportSound(source)], name: "n", format: format).convert(0, in: folder.path)
            #expect(try WrittenFile(path: folder.file(format == .wav ? "a.wav" : "a.aif")).samples == samples)
        }
    }

    @Test(arguments: [8_000, 44_100, 96_000, 192_000, 384_000])
    func `other rates are resampled without a change of level or length`(rate: Int) throws {
        let tone = (0..<rate).map { Float(sin(Double($0) * 2 * .pi * 1_000 / Double(rate))) * 0.5 }
        let (sample, bytes) = try convert(write(tone, "t.wav", .wavFloat, rate: rate), .wav)
        #expect(sample.frames == 48_000 && sample.sourceRate == rate)
        let heard = pcm(bytes)[4_800..<43_200]
        let difference = heard.indices.map { heard[$0] - Float(sin(Double($0) * 2 * .pi / 48)) * 0.5 }
        // Dither and rounding: a quarter of a step squared, an eighth of it in amplitude for a margin.
        let power = difference.reduce(0) { $0 + $1 * $1 } / Float(difference.count)
        #expect(10 * log10(power) < -94)
    }

    @Test func `more bits are dithered: a tone below the last bit is still there`() throws {
        let tone = (0..<96_000).map { Float(sin(Double($0) * 2 * .pi * 1_000 / 48_000)) * 0.4 / 32_768 }
        let samples = try pcm(convert(write(tone, "t.wav", .wavFloat), .wav).bytes)
        let found = samples.indices.reduce(0.0) {
            $0 + Double(samples[$1]) * sin(Double($1) * 2 * .pi / 48)
        }
        let level = found * 2 / Double(samples.count) * 32_768
        #expect(abs(level - 0.4) < 0.02)
    }

    @Test func `a tenth of a second is the shortest that goes, unless silence may be added`() throws {
        let short = try write(noise(4_799, seed: 4), "s.wav", .wav(.bits16))
        let error = #expect(throws: SamplerError.self) { try convert(short, .wav) }
        #expect("\(error as Any)".contains("99 ms"))
        #expect(folder.names == ["s.wav"])
        var options = CardOptions()
        options.lengthensShort = true
        let (sample, bytes) = try convert(short, .wav, options)
        #expect(sample.addedFrames == 1 && sample.frames == 4_800 && bytes.count == 44 + 9_600)
        let enough = try write(noise(4_800, seed: 4), "e.wav", .wav(.bits16))
        #expect(try convert(enough, .wav).sample.frames == 4_800)
        let one = try write([0.5], "o.wav", .wav(.bits16), rate: 384_000)
        #expect(try convert(one, .wav, options).sample.frames == 4_800)
    }

    @Test func `16 minutes are the longest that go`() throws {
        let silence = [Float](repeating: 0, count: 16 * 60 * 8_000)
        let enough = try DeviceSound(path: write(silence, "l.wav", .wav(.bits16), rate: 8_000), rate: 8_000, .init())
        #expect(try enough.forEachBlock { _ in }.frames == silence.count)
        let long = try DeviceSound(
            path: write(silence + [0], "m.wav", .wav(.bits16), rate: 8_000), rate: 8_000, .init())
        let error = #expect(throws: SamplerError.self) { _ = try long.forEachBlock { _ in } }
        #expect("\(error as Any)".contains("longer than 16 minutes"))
    }

    @Test func `what is no sound for a sampler is named with its reason, and leaves nothing`() throws {
        let three = try write(noise(9_000, seed: 5), "three.wav", .wav(.bits16), channels: 3)
        let error = #expect(throws: SamplerError.self) { try convert(three, .wav) }
        #expect("\(error as Any)".contains("3 channels"))
        try Data("no sound".utf8).write(to: URL(fileURLWithPath: folder.file("text.wav")))
        #expect(throws: AudioError.self) { try convert(folder.file("text.wav"), .wav) }
        #expect(throws: AudioError.self) { try convert(folder.file("none.wav"), .wav) }
        let empty = try write([], "empty.wav", .wav(.bits16))
        #expect(throws: AudioError.self) { try convert(empty, .wav) }
        #expect(Set(folder.names) == ["three.wav", "text.wav", "empty.wav"])
    }

    @Test func `samples beyond full scale are cut and counted, broken ones are silence`() throws {
        var samples = noise(4_800, seed: 6)
        let path = try write(samples, "f.wav", .wavFloat)
        samples[10...14] = [.nan, .infinity, -.infinity, 4, -4]
        var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        let start = bytes.count - 4 * samples.count
        for (index, sample) in samples.enumerated() {
            bytes.replaceSubrange(start + 4 * index..<start + 4 * index + 4, with: little(Int(sample.bitPattern), 4))
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let (sample, written) = try convert(path, .wav)
        let heard = Array(pcm(written)[10...14])
        #expect(sample.repairedSamples == 3 && !sample.isTruncated)
        #expect(sample.clippedSamples == 2 && heard[..<3] == [0, 0, 0])
        #expect(heard[3] == 32_767.0 / 32_768 && heard[4] == -1)
    }

    @Test func `of a file that is cut short what is there goes, and that is told`() throws {
        let path = try write(noise(9_600, seed: 8), "t.wav", .wav(.bits16))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(44 + 2 * 6_000 + 1).write(to: URL(fileURLWithPath: path))
        let sample = try convert(path, .wav).sample
        #expect(sample.frames == 6_000 && sample.isTruncated)
        let plan = try ProjectPlan(Kit(name: "K", pads: [KitPad(PadAddress.all[0], sample: path)]), from: "", number: 1)
        try FileManager.default.createDirectory(atPath: folder.file("SMPL"), withIntermediateDirectories: true)
        #expect(try plan.convert(0, in: folder.path) == sample)
    }

    @Test func `a cancelled conversion leaves nothing`() async throws {
        let path = try write(noise(48_000, seed: 7), "c.wav", .wav(.bits16))
        let plan = ImportPlan([ImportSound(path)], name: "n")
        let target = try TestFolder()
        let place = target.path
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try plan.convert(0, in: place)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(target.names == [])
    }

    /// On the steps of 16 bits.
    private func noise(_ count: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in Float(Int16.random(in: .min ... .max, using: &random)) / 32_768 }
    }

    private func write(
        _ samples: [Float], _ name: String, _ encoding: AudioEncoding, rate: Int = 48_000, channels: Int = 1
    ) throws -> String {
        try WrittenFile.write(samples, to: folder.file(name), as: encoding, rate: rate, channels: channels)
        return folder.file(name)
    }

    private func convert(
        _ source: String, _ format: ImportPlan.Format, _ options: CardOptions = .init()
    ) throws -> (sample: CardSample, bytes: [UInt8]) {
        let target = try TestFolder()
        let plan = ImportPlan([ImportSound(source)], name: "n", format: format, options: options)
        do {
            let sample = try plan.convert(0, in: target.path)
            return try (sample, Array(Data(contentsOf: URL(fileURLWithPath: target.file(plan.items[0].target)))))
        } catch {
            #expect(target.names == [])
            throw error
        }
    }

    private func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// What follows the 44 bytes of a plain WAV of one channel.
    private func pcm(_ bytes: [UInt8]) -> [Float] {
        stride(from: 44, to: bytes.count, by: 2).map {
            Float(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)) / 32_768
        }
    }
}
