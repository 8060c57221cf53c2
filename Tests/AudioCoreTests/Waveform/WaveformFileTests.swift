import Foundation
import Testing

@testable import AudioCore

@Suite struct WaveformFileTests {
    @Test func `the mean of the channels is one lane, or each channel has its own`() throws {
        let bytes = MadeFiles.wav(samples: Array(repeating: [16_384, -8_192], count: 100).flatMap { $0 }, channels: 2)
        try withFile(bytes) { path in
            let mixed = try Waveform.measure(path: path, columns: 20)
            #expect(mixed.lanes == [Array(repeating: column(0.125), count: 20)])
            #expect(mixed.frames == 100 && mixed.sampleRate == 44_100 && !mixed.isTruncated && mixed.peak == 0.125)
            let split = try Waveform.measure(path: path, columns: 20, lanes: .channels)
            #expect(split.lanes == [column(0.5), column(-0.25)].map { Array(repeating: $0, count: 20) })
            #expect(split.peak == 0.5)
        }
    }

    @Test(arguments: [8_000, 384_000] as [UInt32])
    func `rates and eight channels are no matter`(rate: UInt32) throws {
        let frame: [Float] = [0.1, 0.2, 0.3, 0.4, -0.5, 0.6, 0.7, -0.8]
        let samples = Array(repeating: frame, count: 5_000).flatMap { $0 }
        try withFile(floatWAV(samples, channels: 8, rate: rate)) { path in
            let waveform = try Waveform.measure(path: path, columns: 100, lanes: .channels)
            #expect(waveform.lanes.count == 8 && waveform.sampleRate == Int(rate))
            for (lane, value) in zip(waveform.lanes, frame) {
                #expect(lane.allSatisfy { $0.min == value && $0.max == value && abs($0.rms - value.magnitude) < 1e-6 })
            }
        }
    }

    @Test func `floats beyond full scale are kept, and what is no number is silence`() throws {
        try withFile(floatWAV([4, -8, .nan, .infinity], channels: 1)) { path in
            let waveform = try Waveform.measure(path: path, columns: 4)
            #expect(waveform.lanes[0].map(\.max) == [4, -8, 0, 0])
            #expect(waveform.peak == 8)
        }
    }

    @Test func `a file that is cut short is drawn as far as it goes, and says so`() throws {
        let whole = MadeFiles.wav(samples: Array(repeating: 8_192, count: 10_000))
        try withFile(whole.prefix(10_044)) { path in
            let waveform = try Waveform.measure(path: path, columns: 16)
            #expect(waveform.isTruncated && waveform.frames == 5_000)
            #expect(waveform.lanes == [Array(repeating: column(0.25), count: 16)])
        }
    }

    @Test func `an empty file is an error of its own`() throws {
        try withFile(MadeFiles.wav(samples: [])) { path in
            #expect(throws: AudioError.empty(format: .wav)) { try Waveform.measure(path: path, columns: 16) }
            #expect(throws: AudioError.empty(format: .wav)) { try Spectrogram.measure(path: path) }
            #expect(throws: AudioError.empty(format: .wav)) { try WaveformData.measure(path: path) }
        }
    }

    @Test func `the same sound gives the same columns from WAV, AIFF and FLAC`() throws {
        let wave = try Waveform.measure(path: AudioVectors.valid("wav16.wav"), columns: 50)
        #expect(try Waveform.measure(path: AudioVectors.valid("aiff16.aiff"), columns: 50) == wave)
        // The length of FLAC is not known beforehand: its edges are right to an eighth.
        let flac = try Waveform.measure(path: AudioVectors.valid("flac16.flac"), columns: 50)
        #expect(flac.frames == wave.frames && flac.peak == wave.peak)
        for (one, other) in zip(flac.lanes[0], wave.lanes[0]) { #expect(abs(one.rms - other.rms) < 0.1) }
    }

    @Test func `no hostile file gives anything but an error or a finite waveform`() throws {
        for vector in try AudioVectors.hostile() where vector.expect != "long" {
            try vector.withFile { path in
                guard let waveform = try? Waveform.measure(path: path, columns: 32, lanes: .channels) else { return }
                #expect(waveform.lanes.allSatisfy { $0.count == 32 }, "\(vector.name)")
                #expect(waveform.lanes.joined().allSatisfy { $0.rms.isFinite && $0.min <= $0.max }, "\(vector.name)")
            }
        }
    }

    private func column(_ value: Float) -> Waveform.Column {
        Waveform.Column(min: value, max: value, rms: value.magnitude)
    }
}

/// A WAV of 32-bit floats.
func floatWAV(_ samples: [Float], channels: UInt16, rate: UInt32 = 44_100) -> [UInt8] {
    MadeFiles.wav(
        MadeFiles.fmt(codec: 3, channels: channels, rate: rate, bits: 32),
        MadeFiles.chunk("data", samples.flatMap { MadeFiles.little($0.bitPattern) }))
}
