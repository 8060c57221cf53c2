import Testing

@testable import AudioCore

@Suite struct OnsetScanTests {
    private let stream = AudioStream(format: .wav, sampleRate: 44_100, channels: 1, bitDepth: 16)

    @Test func `up to a section the onsets are those of the analysis`() throws {
        let signal = Signals.beats(bpm: 140, seconds: 6, start: 0.05, sound: Signals.click())
        let features = try AudioAnalysis.analyze(signal, sampleRate: 44_100)
        #expect(try scan(signal, section: 540) == features.rhythm.onsets)
    }

    @Test(arguments: [120.0, 137])
    func `where sections meet no onset is lost or doubled`(bpm: Double) throws {
        let signal = Signals.beats(bpm: bpm, seconds: 30, start: 0.05, sound: Signals.click())
        let onsets = try scan(signal, section: 7)
        let times = Array(stride(from: 0.05, to: 29.9, by: 60 / bpm))
        #expect(onsets.count == times.count)
        #expect(zip(onsets, times).allSatisfy { abs($0 - $1) < 0.01 })
        #expect(try scan(signal, section: 7, portion: 999) == onsets)
    }

    private func scan(_ signal: [Float], section: Int, portion: Int = 100_000) throws -> [Double] {
        let scan = OnsetScan(stream: stream, section: section)
        try signal.withUnsafeBufferPointer { signal in
            for start in stride(from: 0, to: signal.count, by: portion) {
                try scan.push(UnsafeBufferPointer(rebasing: signal[start..<min(start + portion, signal.count)]))
            }
        }
        return try scan.finish()
    }
}
