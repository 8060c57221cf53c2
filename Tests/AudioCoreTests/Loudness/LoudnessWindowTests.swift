import Foundation
import Testing

@testable import AudioCore

/// The windows of 400 ms and 3 s: where they begin, and when there is none.
@Suite struct LoudnessWindowTests {
    /// A tone of −23 dBFS in stereo, silence around it.
    private func tone(seconds: Double, after delay: Double, rate: Int) -> LoudnessMeter {
        let sine = Signals.sine(1000, amplitude: pow(10, -23 / 20), seconds: seconds, rate: Double(rate))
        let silence = Signals.silence(seconds: delay, rate: Double(rate))
        let rest = Signals.silence(seconds: 1, rate: Double(rate))
        return LoudnessMeter((silence + sine + rest).onBothChannels, rate: rate, channels: 2)
    }

    @Test(arguments: Array(stride(from: 0, to: 400, by: 20)))
    func `Tech 3341 case 13: a tone of 400 ms is found wherever it begins`(milliseconds: Int) throws {
        let meter = tone(seconds: 0.4, after: Double(milliseconds) / 1000, rate: 48_000)
        #expect(abs(try #require(meter.momentaryMaximum) + 23) <= 0.1)
    }

    @Test(arguments: Array(stride(from: 0, to: 3000, by: 450)))
    func `Tech 3341 case 10: a tone of 3 s is found wherever it begins`(milliseconds: Int) throws {
        let meter = tone(seconds: 3, after: Double(milliseconds) / 1000, rate: 48_000)
        #expect(abs(try #require(meter.shortTermMaximum) + 23) <= 0.1)
    }

    @Test func `between two steps at most 0.06 LU are lost`() throws {
        let found = try #require(tone(seconds: 0.4, after: 0.105, rate: 44_100).momentaryMaximum)
        #expect(found < -23 && found >= -23.07)
    }

    @Test(arguments: [8_000, 11_025, 22_050, 44_100, 192_000])
    func `400 ms have a momentary loudness, and one sample less has none`(rate: Int) {
        let sine = Signals.sine(1000, seconds: 0.4, rate: Double(rate))
        #expect(LoudnessMeter(sine, rate: rate).momentaryMaximum != nil)
        #expect(LoudnessMeter(sine, rate: rate).integrated != nil)
        #expect(LoudnessMeter(sine.dropLast(), rate: rate).momentaryMaximum == nil)
        #expect(LoudnessMeter(sine.dropLast(), rate: rate).integrated == nil)
    }

    @Test func `3 s have a short-term loudness and a range of 0, and one sample less has neither`() {
        let sine = Signals.sine(1000, seconds: 3)
        #expect(LoudnessMeter(sine, rate: 44_100).shortTermMaximum != nil)
        #expect(LoudnessMeter(sine, rate: 44_100).range == 0)
        #expect(LoudnessMeter(sine.dropLast(), rate: 44_100).shortTermMaximum == nil)
        #expect(LoudnessMeter(sine.dropLast(), rate: 44_100).range == nil)
    }

    @Test(arguments: [0, 1e-30, 1e-4])
    func `silence and what lies below −70 LUFS have no loudness`(amplitude: Double) {
        let meter = LoudnessMeter(Signals.sine(1000, amplitude: amplitude, seconds: 3.5), rate: 44_100)
        #expect(meter.integrated == nil && meter.range == nil)
        #expect(meter.momentaryMaximum == nil && meter.shortTermMaximum == nil)
    }

    @Test func `the loudest moment counts where the rest is gated away`() throws {
        let meter = tone(seconds: 0.5, after: 2, rate: 44_100)
        #expect(abs(try #require(meter.momentaryMaximum) + 23) <= 0.1)
        #expect(abs(try #require(meter.shortTermMaximum) + 23 - 10 * log10(0.5 / 3)) <= 0.1)
    }

    @Test func `an hour of full scale before it does not blur a quiet window`() throws {
        var windows = LoudnessWindows(sampleRate: 48_000)
        for _ in 0..<360_000 { windows.append(480) }
        for _ in 0..<40 { windows.append(480e-7) }
        let last = try #require(windows.powers(LoudnessWindows.momentary).last)
        #expect(abs(10 * log10(last / 1e-7)) < 1e-9)
    }
}
