import Foundation
import Testing

@testable import AudioCore

@Suite struct ClipFinderTests {
    @Test(arguments: [8_000, 44_100, 48_000, 384_000])
    func `a take is found with half a second before and after it, at any rate`(rate: Int) throws {
        let take = Signals.noise(amplitude: 0.5, seconds: 6, rate: Double(rate))
        let curve = activity(silence(3, rate) + take + silence(3, rate), rate: rate)
        let clips = try ClipFinder.clips(in: curve)
        #expect(clips.count == 1)
        let clip = try #require(clips.first)
        // The frame is two hops wide on either side.
        let reach = Double(2 * curve.hop + curve.hop / 2) / Double(rate)
        #expect(abs(Double(clip.lowerBound) / Double(rate) - 2.5) <= reach)
        #expect(abs(Double(clip.upperBound) / Double(rate) - 9.5) <= reach)
        #expect(clip.lowerBound <= 5 * rate / 2 && clip.upperBound >= 19 * rate / 2)
    }

    @Test func `pauses of up to a second do not part, longer ones do, and short noises are no clips`() throws {
        let take = Signals.noise(amplitude: 0.5, seconds: 6)
        let knock = Signals.noise(amplitude: 0.5, seconds: 1)
        let near = activity(take + silence(0.9) + take)
        #expect(try ClipFinder.clips(in: near).count == 1)
        let far = activity(take + silence(1.2) + take + silence(4) + knock + silence(4))
        #expect(try ClipFinder.clips(in: far).count == 2)
        #expect(try ClipFinder.clips(in: far, options: ClipOptions(minimumLength: 1)).count == 3)
        #expect(try ClipFinder.clips(in: far, options: ClipOptions(padding: 0.7)).count == 1)
    }

    @Test func `40 dB under the peak is played, 45 is not`() throws {
        for (level, count) in [(Float(0.0125), 2), (0.0045, 1)] {
            let quiet = Signals.noise(amplitude: level, seconds: 6)
            let loud = Signals.noise(amplitude: 1, seconds: 6)
            #expect(try ClipFinder.clips(in: activity(loud + silence(3) + quiet)).count == count)
        }
    }

    @Test func `the adaptive threshold hears a take over noise that drowns the fixed one`() throws {
        let room = Signals.noise(amplitude: 0.01, seconds: 30, seed: 7)
        var recording = room
        for (start, length) in [(4, 7), (16, 8)] {
            for index in 0..<length * 44_100 { recording[start * 44_100 + index] += 0.3 * sinf(Float(index) * 0.05) }
        }
        #expect(try ClipFinder.clips(in: activity(recording)).count == 1)
        let clips = try ClipFinder.clips(in: activity(recording), options: ClipOptions(threshold: .adaptive))
        #expect(clips.count == 2)
        for (clip, truth) in zip(clips, [3.5...11.5, 15.5...24.5]) {
            #expect(abs(Double(clip.lowerBound) / 44_100 - truth.lowerBound) < 0.03)
            #expect(abs(Double(clip.upperBound) / 44_100 - truth.upperBound) < 0.03)
        }
    }

    @Test func `constant noise is one clip, whatever the threshold`() throws {
        let curve = activity(Signals.noise(amplitude: 0.1, seconds: 10))
        for threshold in [ClipThreshold.standard, .adaptive] {
            #expect(try ClipFinder.clips(in: curve, options: ClipOptions(threshold: threshold)) == [0..<441_000])
        }
    }

    @Test(arguments: [Float(0), 0.7, -1])
    func `silence and an offset hold nothing`(level: Float) throws {
        for threshold in [ClipThreshold.standard, .adaptive] {
            let curve = activity(Array(repeating: level, count: 441_000))
            #expect(try ClipFinder.clips(in: curve, options: ClipOptions(threshold: threshold)).isEmpty)
        }
        #expect(try ClipFinder.clips(in: activity([])).isEmpty)
        #expect(try ClipFinder.clips(in: activity([level])).isEmpty)
    }

    @Test func `a clip goes on while any stem is active`() throws {
        let take = Signals.noise(amplitude: 0.5, seconds: 6)
        let drums = activity(silence(2) + take + silence(12))
        let voice = activity(silence(7) + take.map { $0 * 0.05 } + silence(9))
        let both = try ClipFinder.clips(in: [drums, voice])
        let (first, second) = (try ClipFinder.clips(in: drums), try ClipFinder.clips(in: voice))
        #expect(both == [first[0].lowerBound..<second[0].upperBound])
        #expect(try ClipFinder.clips(in: [voice, drums]) == both, "the order of the stems does not matter")
    }

    @Test func `what leaks into a silent stem is no activity`() throws {
        let take = Signals.noise(amplitude: 0.9, seconds: 6)
        let drums = activity(silence(2) + take + silence(12))
        let leak = activity(Signals.noise(amplitude: 0.0005, seconds: 20))
        #expect(try ClipFinder.clips(in: [drums, leak]) == ClipFinder.clips(in: drums))
    }

    @Test func `stems of two rates and senseless options are refused`() {
        #expect(throws: SlicingError.differentRates) {
            try ClipFinder.clips(in: [activity([1], rate: 44_100), activity([1], rate: 48_000)])
        }
        for options in [
            ClipOptions(padding: -1), ClipOptions(padding: .nan), ClipOptions(minimumLength: .infinity),
            ClipOptions(threshold: .belowPeak(0)), ClipOptions(threshold: .adaptive(margin: 100)),
        ] {
            #expect(throws: SlicingError.self) { try ClipFinder.clips(in: activity([1]), options: options) }
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `clips ascend, lie apart, are long enough, and louder is the same`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var recording: [Float] = []
        for _ in 0..<12 {
            let level = Float(pow(10, Double.random(in: -4...0, using: &random)))
            recording += Signals.noise(amplitude: level, seconds: .random(in: 0.1...4, using: &random), seed: seed)
        }
        let options = ClipOptions(minimumLength: 2)
        let clips = try ClipFinder.clips(in: activity(recording), options: options)
        #expect(!clips.isEmpty)
        #expect(clips.allSatisfy { $0.count >= 88_200 && $0.upperBound <= recording.count })
        #expect(zip(clips, clips.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        #expect(try ClipFinder.clips(in: activity(recording.map { $0 * 0.25 }), options: options) == clips)
    }

    private func silence(_ seconds: Double, _ rate: Int = 44_100) -> [Float] {
        Signals.silence(seconds: seconds, rate: Double(rate))
    }
}

/// The curve of samples that are pushed in portions of so many frames.
func activity(_ samples: [Float], rate: Int = 44_100, channels: Int = 1, portion: Int = 10_000) -> ActivityCurve {
    let meter = ActivityMeter(sampleRate: rate, channels: channels)
    pushed(samples, channels: channels, portion: portion) { meter.push($0) }
    return meter.finish()
}

/// Hands over samples in portions of so many frames.
func pushed(_ samples: [Float], channels: Int, portion: Int, _ body: (UnsafeBufferPointer<Float>) -> Void) {
    samples.withUnsafeBufferPointer { samples in
        for start in stride(from: 0, to: samples.count, by: portion * channels) {
            body(UnsafeBufferPointer(rebasing: samples[start..<min(start + portion * channels, samples.count)]))
        }
    }
}
