import Foundation
import Testing

@testable import AudioCore

@Suite struct WritingTests {
    /// Everything that keeps samples as they are, with the bits of a sample.
    static let lossless: [(AudioEncoding, Int)] = [
        (.wav(.bits16), 16), (.wav(.bits24), 24), (.wavFloat, 32), (.aiff(.bits16), 16), (.aiff(.bits24), 24),
        (.flac(.bits16), 16), (.flac(.bits24), 24),
    ]
    static let lossy: [AudioEncoding] = [
        .vorbis(quality: 0.6), .opus(kilobits: 160), .mp3(.constant(kilobits: 256)), .mp3(.variable(quality: 2)),
    ]
    static let lengths = [1, 2, 100, 1_023, 1_024, 1_025, 4_097, 30_001]

    /// Samples that lie on the steps of 16 bits, full scale at both ends included.
    static func steps(_ count: Int, seed: UInt64 = 1) -> [Float] {
        var random = SplitMix64(seed: seed)
        let middle = (0..<count).map { _ in Float(Int.random(in: -32_768...32_767, using: &random)) / 32_768 }
        return Array(([-1, Float(32_767) / 32_768] + middle).prefix(count))
    }

    @Test(arguments: lossless, [1, 2])
    func `samples on the steps of the format come back as they were`(
        written: (encoding: AudioEncoding, bits: Int), channels: Int
    ) throws {
        for frames in Self.lengths {
            let samples = Self.steps(frames * channels)
            let file = try WrittenFile(samples, as: written.encoding, channels: channels)
            #expect(file.samples == samples, "\(frames) frames")
            #expect(file.stream.format == written.encoding.format && file.stream.bitDepth == written.bits)
            #expect(file.stream.channels == channels && file.stream.sampleRate == 48_000)
        }
    }

    @Test(arguments: lossy, [1, 2])
    func `lossy formats keep the exact length and the place`(encoding: AudioEncoding, channels: Int) throws {
        for frames in Self.lengths {
            // One tone for all channels, so that a shift by a sample would show as -20 dB of error.
            let tone = Signals.sine(750, seconds: Double(frames) / 48_000 + 1, rate: 48_000).prefix(frames)
            let samples = tone.flatMap { Array(repeating: $0, count: channels) }
            let file = try WrittenFile(samples, as: encoding, channels: channels)
            #expect(file.samples.count == samples.count, "\(frames) frames")
            #expect(file.stream.format == encoding.format)
            guard frames > 20_000, file.samples.count == samples.count else { continue }
            // The ends, where a codec has only half a window, are left out.
            let middle = 4_000 * channels..<(frames - 4_000) * channels
            let error = zip(samples[middle], file.samples[middle]).map { Double(pow($0 - $1, 2)) }.reduce(0, +)
            let power = samples[middle].map { Double($0 * $0) }.reduce(0, +)
            #expect(10 * log10(error / power) < -25, "error \(10 * log10(error / power)) dB")
        }
    }

    @Test(arguments: [8_000, 12_000, 16_000, 24_000, 48_000])
    func `Opus is read at the rate it was made from`(rate: Int) throws {
        let tone = Signals.sine(750, seconds: 0.5, rate: Double(rate))
        let file = try WrittenFile(tone, as: .opus(kilobits: 64), rate: rate)
        #expect(file.stream.sampleRate == rate && file.samples.count == tone.count)
    }

    @Test(arguments: lossless)
    func `any portions give the same file`(written: (encoding: AudioEncoding, bits: Int)) throws {
        let samples = Signals.noise(seconds: 0.1).onBothChannels
        let whole = try WrittenFile(samples, as: written.encoding, channels: 2).samples
        for portion in [2, 14, 2_048, 5_000] {
            let file = try WrittenFile(samples, as: written.encoding, channels: 2, portion: portion)
            #expect(file.samples == whole, "portions of \(portion)")
        }
    }

    @Test(arguments: [AudioEncoding.wav(.bits16), .wav(.bits24), .wavFloat, .aiff(.bits16), .flac(.bits24)])
    func `the same samples give the same bytes`(encoding: AudioEncoding) throws {
        let folder = try TestFolder()
        let samples = Signals.noise(seconds: 0.1)
        for name in ["one", "two"] { try WrittenFile.write(samples, to: folder.file(name), as: encoding) }
        let bytes = try ["one", "two"].map { try Data(contentsOf: URL(filePath: folder.file($0))) }
        #expect(bytes[0] == bytes[1])
    }

    @Test(arguments: [8_000, 11_025, 22_050, 44_100, 96_000, 192_000, 384_000])
    func `integers and floats are written at any rate`(rate: Int) throws {
        let samples = Self.steps(500)
        for encoding in [AudioEncoding.wav(.bits16), .wavFloat, .aiff(.bits24), .flac(.bits16)] {
            let file = try WrittenFile(samples, as: encoding, rate: rate)
            #expect(file.stream.sampleRate == rate && file.samples == samples)
        }
    }

    @Test(arguments: [3, 4, 5, 6, 7, 8])
    func `surround keeps every channel in its place, in either order`(channels: Int) throws {
        // Each channel its own level, in the order of WAV.
        let tone = (0..<20_000).map { Float(0.05 * sin(Double($0) * 0.01)) }
        let samples = tone.flatMap { value in (0..<channels).map { value * Float($0 + 1) } }
        let layout = ChannelOrder.wav.places(in: .vorbis, channels: channels) ?? Array(0..<channels)
        for encoding in [
            AudioEncoding.wavFloat, .flac(.bits24), .vorbis(quality: 0.9), .opus(kilobits: 256 * channels),
        ] {
            let file = try WrittenFile(samples, as: encoding, channels: channels)
            let stored = ChannelOrder(encoding.format) == .vorbis ? layout : Array(0..<channels)
            // Codecs keep only the lowest of the LFE.
            for (place, channel) in stored.enumerated() where !isEffects(channel, of: channels) {
                let level =
                    stride(from: place, to: file.samples.count, by: channels).map { file.samples[$0] }.max() ?? 0
                #expect(abs(level / (0.05 * Float(channel + 1)) - 1) < 0.15, "\(encoding) place \(place)")
            }
        }
    }

    private func isEffects(_ channel: Int, of channels: Int) -> Bool {
        ChannelLayout.standard(channels: channels).speakers[channel] == .lowFrequency
    }

    @Test func `the orders are each other's inverse`() throws {
        for channels in 1...9 {
            guard let there = ChannelOrder.wav.places(in: .vorbis, channels: channels) else { continue }
            let back = try #require(ChannelOrder.vorbis.places(in: .wav, channels: channels))
            #expect(there.indices.allSatisfy { back[there[$0]] == $0 } && there.sorted() == Array(0..<channels))
            #expect(
                there.map { ChannelLayout.standard(channels: channels).speakers[$0] }
                    == ChannelLayout.vorbis(channels: channels).speakers)
        }
    }

    @Test(arguments: [(64, 9_000), (128, 17_000), (320, 41_000)])
    func `MP3 has the bit rate that was asked for`(kilobits: Int, bytes: Int) throws {
        let folder = try TestFolder()
        let path = folder.file("tone.mp3")
        try WrittenFile.write(
            Signals.noise(seconds: 1, rate: 44_100).onBothChannels, to: path, as: .mp3(.constant(kilobits: kilobits)),
            rate: 44_100, channels: 2)
        let size = try Data(contentsOf: URL(filePath: path)).count
        #expect(abs(Double(size) / Double(bytes) - 1) < 0.1, "\(size) bytes")
        #expect(try WrittenFile(path: path).stream.sampleRate == 44_100)
    }

    @Test(arguments: [(24, 3_000), (64, 8_000), (160, 20_000)])
    func `Opus has about the bit rate that was asked for`(kilobits: Int, bytes: Int) throws {
        let folder = try TestFolder()
        try WrittenFile.write(
            Signals.noise(seconds: 2, rate: 48_000).onBothChannels, to: folder.file("a"), as: .opus(kilobits: kilobits),
            channels: 2)
        let size = try Data(contentsOf: URL(filePath: folder.file("a"))).count / 2
        #expect(abs(Double(size) / Double(bytes) - 1) < 0.3, "\(size) bytes a second")
    }

    @Test func `a long portion of Vorbis does not overflow the stack`() throws {
        let file = try WrittenFile(Signals.noise(seconds: 20), as: .vorbis(quality: 0.3), rate: 44_100)
        #expect(file.samples.count == 20 * 44_100)
    }

    @Test(arguments: [1, 2, 3])
    func `note, loop and slices stand in a WAV`(channels: Int) throws {
        var options = AudioFileWriter.Options()
        options.markers = SampleMarkers(rootNote: 57, loop: 100..<900, slices: [0, 250, 500])
        let folder = try TestFolder()
        let samples = Self.steps(1_000 * channels)
        try WrittenFile.write(samples, to: folder.file("a"), as: .wav(.bits16), channels: channels, options: options)
        let file = try WrittenFile(path: folder.file("a"))
        #expect(file.embedded?.rootNote == 57)
        #expect(file.embedded?.loops == [100..<900])
        #expect(file.samples == samples)
        let bytes = try Data(contentsOf: URL(filePath: folder.file("a")))
        let cues = try #require(bytes.range(of: Data("cue ".utf8))).upperBound
        // Size, count, then 24 bytes each: number, position, "data", three offsets.
        #expect(Array(bytes[cues..<cues + 8]) == MadeFiles.little(76 as UInt32) + MadeFiles.little(3 as UInt32))
        for (index, slice) in [0, 250, 500].enumerated() {
            let last = cues + 8 + 24 * index + 20
            #expect(Array(bytes[last..<last + 4]) == MadeFiles.little(UInt32(slice)))
        }
    }

    @Test(arguments: lossless.map(\.0) + lossy)
    func `title, artist and comment come back`(encoding: AudioEncoding) throws {
        var options = AudioFileWriter.Options()
        var said = AudioMetadata()
        (said.title, said.artist, said.comment) = ("A title", "Someone", "Said \0so")
        options.metadata = said
        let folder = try TestFolder()
        try WrittenFile.write(Self.steps(5_000), to: folder.file("a"), as: encoding, options: options)
        let read = try #require(try AudioFile(path: folder.file("a")).metadata)
        #expect([read.title, read.artist, read.comment] == ["A title", "Someone", "Said so"])
    }

    @Test func `a WAV that is expected to be huge and is not stays a plain one`() throws {
        var options = AudioFileWriter.Options()
        options.expectedFrames = 1 << 40
        let folder = try TestFolder()
        try WrittenFile.write(Self.steps(100), to: folder.file("a"), as: .wav(.bits24), options: options)
        #expect(try Data(contentsOf: URL(filePath: folder.file("a"))).prefix(4) == Data("RIFF".utf8))
        #expect(try WrittenFile(path: folder.file("a")).samples == Self.steps(100))
    }
}
