import Testing

@testable import AudioCore

@Suite struct OnsetTests {
    @Test(arguments: Reference.clicks)
    func `the reference's clicks, each to 10 ms and most to 5`(name: String) throws {
        let reference = try Reference(name)
        let truth = try #require(reference.true_onsets_s)
        let onsets = Signals.rhythm(of: reference.signal()).onsets
        #expect(onsets.count == truth.count)
        let errors = zip(onsets, truth).map { abs($0 - $1) }
        #expect(errors.allSatisfy { $0 < 0.01 })
        #expect(errors.count { $0 < 0.005 } >= errors.count * 3 / 4)
    }

    @Test(arguments: [8000.0, 22_050, 48_000, 96_000])
    func `at any sample rate`(rate: Double) {
        let times = [0.2, 0.45, 0.85, 1.5]
        var signal = Signals.silence(seconds: 2, rate: rate)
        for time in times {
            for (index, value) in Signals.click(rate: rate).enumerated() { signal[Int(time * rate) + index] += value }
        }
        let onsets = Signals.rhythm(of: signal, rate: rate).onsets
        #expect(onsets.count == times.count)
        // Within a hop: at low rates that is the longer.
        #expect(zip(onsets, times).allSatisfy { abs($0 - $1) < max(0.01, 512 / rate) })
    }

    @Test func `a hit is one onset, at 0 where the file begins with it`() {
        #expect(Signals.rhythm(of: Signals.click() + Signals.silence(seconds: 0.5)).onsets == [0])
        let late = Signals.rhythm(of: Signals.silence(seconds: 0.2) + Signals.kick()).onsets
        #expect(late.count == 1)
        #expect(abs((late.first ?? 0) - 0.2) < 0.01)
    }

    @Test func `a drone begins and nothing follows, silence has nothing`() {
        #expect(Signals.rhythm(of: Signals.sine(440, seconds: 4)).onsets == [0])
        #expect(Signals.rhythm(of: Signals.silence(seconds: 2)).onsets.isEmpty)
        #expect(Signals.rhythm(of: []).onsets.isEmpty)
    }

    @Test func `faint noise before the first hit is not its beginning`() {
        var signal = Signals.noise(amplitude: 0.0003, seconds: 1)
        for (index, value) in Signals.click().enumerated() { signal[22_050 + index] += value }
        let onsets = Signals.rhythm(of: signal).onsets
        #expect(onsets.count == 1)
        #expect(abs((onsets.first ?? 0) - 0.5) < 0.01)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `steady noise begins once`(seed: UInt64) {
        #expect(Signals.rhythm(of: Signals.noise(seconds: 4, seed: seed)).onsets == [0])
    }

    @Test(arguments: [15.6, 31, 86], 1...20 as ClosedRange<UInt64>)
    func `onsets ascend and are at least 30 ms apart`(frameRate: Double, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let rises = (0..<400).map { _ in Float.random(in: 0...20, using: &random) }
        let squares = rises.map { $0 * $0 * Float.random(in: 1...9, using: &random) }
        let envelopes = OnsetEnvelopes(full: rises, high: rises, squared: squares, frameRate: frameRate)
        let onsets = OnsetDetector(envelopes: envelopes).onsets()
        #expect(onsets.count > 20)
        #expect(zip(onsets, onsets.dropFirst()).allSatisfy { $1 - $0 > 0.0299 })
    }

    @Test(arguments: [Float(0.01), 0.1])
    func `the gain does not matter`(gain: Float) {
        let signal = Signals.beats(bpm: 140, seconds: 5, start: 0.05, sound: Signals.click())
        let (loud, quiet) = (Signals.rhythm(of: signal).onsets, Signals.rhythm(of: signal.map { $0 * gain }).onsets)
        #expect(loud.count == quiet.count)
        #expect(zip(loud, quiet).allSatisfy { abs($0 - $1) < 0.002 })
    }
}
