import Foundation
import Testing

@testable import AudioCore

@Suite struct AudioFileTests {
    /// Name, format, bits and the largest error of one sample.
    static let exact: [(String, AudioFormat, Int, Double)] = [
        ("wavu8.wav", .wav, 8, 0x1p-6), ("wav16.wav", .wav, 16, 0x1p-14), ("wav24.wav", .wav, 24, 0x1p-22),
        ("wavf.wav", .wav, 32, 1e-7), ("wavex.wav", .wav, 16, 0x1p-14), ("rf64.wav", .wav, 16, 0x1p-14),
        ("aiff16.aiff", .aiff, 16, 0x1p-14), ("aiff24.aiff", .aiff, 24, 0x1p-22), ("aifff.aiff", .aiff, 32, 1e-7),
        ("flac16.flac", .flac, 16, 0x1p-14), ("flac24.flac", .flac, 24, 0x1p-22),
        // The upper segment of mu-law has steps of 1/32.
        ("wavulaw.wav", .wav, 8, 0.02), ("aiffulaw.aifc", .aiff, 8, 0.02),
    ]

    @Test(arguments: exact)
    func `a good file gives the samples that went in`(
        name: String, format: AudioFormat, bits: Int, tolerance: Double
    ) throws {
        let decoded = try Decoded(AudioVectors.valid(name))
        // Two of them have an extensible header, which says left and right.
        let mask: UInt32? = ["wavex.wav", "rf64.wav"].contains(name) ? 0b11 : nil
        #expect(
            decoded.stream
                == AudioStream(format: format, sampleRate: 44_100, channels: 2, bitDepth: bits, channelMask: mask))
        #expect(decoded.framesRead == 3_000)
        #expect(decoded.samples.count == 6_000)
        #expect(!decoded.isTruncated)
        let errors = decoded.samples.enumerated().map { abs(Double($1) - original($0)) }
        #expect(errors.max() ?? 1 <= tolerance)
    }

    @Test(arguments: [("mp3.mp3", AudioFormat.mp3, 44_100), ("ogg.ogg", .ogg, 44_100), ("opus.opus", .opus, 48_000)])
    func `a lossy file gives almost the samples that went in`(
        name: String, format: AudioFormat, sampleRate: Int
    ) throws {
        let decoded = try Decoded(AudioVectors.valid(name))
        #expect(decoded.stream == AudioStream(format: format, sampleRate: sampleRate, channels: 2, bitDepth: nil))
        #expect(decoded.framesRead == 3_000)
        #expect(!decoded.isTruncated)
        let errors = decoded.samples.enumerated().map { pow(Double($1) - original($0), 2) }
        // The signal's own RMS is 0.36. It sweeps fast and is short: hard on a codec.
        #expect(sqrt(errors.reduce(0, +) / Double(errors.count)) < 0.15)
    }

    @Test(arguments: [
        ("wavima.wav", "IMA ADPCM in WAV"), ("wavms.wav", "Microsoft ADPCM in WAV"), ("wavgsm.wav", "GSM 6.10 in WAV"),
        ("aiffima.aifc", "IMA ADPCM in AIFF"),
    ])
    func `a refused codec is named`(name: String, codec: String) throws {
        #expect(throws: AudioError.unsupported(what: codec)) { try Decoded(AudioVectors.valid(name)) }
    }

    @Test(arguments: ["wav16.wav", "wav24.wav", "aifff.aiff", "flac16.flac", "ogg.ogg", "opus.opus", "mp3.mp3"])
    func `any block size gives the same samples`(name: String) throws {
        let whole = try Decoded(AudioVectors.valid(name), frames: 100_000).samples
        for frames in [1, 7, 256, 1_151, 2_999, 3_000] {
            #expect(
                try Decoded(AudioVectors.valid(name), frames: frames).samples == whole, "blocks of \(frames) frames")
        }
    }

    @Test func `a missing file, a folder and a device cannot be opened`() {
        for path in ["/nowhere/at/all.wav", "/tmp", "/dev/null"] {
            #expect {
                try AudioFile(path: path)
            } throws: {
                if case AudioError.cannotOpen(path, _) = $0 { true } else { false }
            }
        }
    }

    @Test func `an error is the same when asked again`() throws {
        var limits = DecodeLimits()
        (limits.freeBytes, limits.expansion) = (1_000, 1)
        let file = try AudioFile(path: AudioVectors.valid("ogg.ogg"), limits: limits)
        let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: 20_000)
        defer { block.deallocate() }
        for _ in 0..<2 {
            #expect(throws: AudioError.limitExceeded(.expansion(allowed: 1))) { try file.read(into: block) }
        }
    }

    /// The formula all valid vectors were made from; `index` counts samples over all channels.
    private func original(_ index: Int) -> Double {
        let k = Double(index)
        return 0.5 * sin(k / 9) + 0.1 * sin(k * k / 5_000)
    }
}
