import Foundation
import Testing

@testable import AudioCore

@Suite struct TempoTests {
    @Test func `eight kicks at 128 BPM`() throws {
        let loop = Signals.beats(bpm: 128, seconds: 8 * 60 / 128, sound: Signals.kick())
        #expect(abs(try #require(bpm(loop)) - 128) <= 0.05)
    }

    @Test(arguments: [
        (128.0, 30.3, 0.0, 0.05), (70, 25, 0, 0.05), (123.456, 60, 0.2, 0.05),
    ])
    func `kicks for a while`(tempo: Double, seconds: Double, start: Double, limit: Double) throws {
        let signal = Signals.beats(bpm: tempo, seconds: seconds, start: start, sound: Signals.kick())
        #expect(abs(try #require(bpm(signal)) - tempo) <= limit)
    }

    @Test func `noise clicks at 93_7 BPM`() throws {
        let signal = Signals.beats(bpm: 93.7, seconds: 20, sound: Signals.click())
        #expect(abs(try #require(bpm(signal)) - 93.7) <= 0.05)
    }

    @Test(arguments: Reference.clicks)
    func `the reference's clicks, up to the octave`(name: String) throws {
        // A click without subdivision may stand for the beat or for its half.
        let reference = try Reference(name)
        let truth = try #require(reference.true_bpm)
        let octaves = log2(try #require(bpm(reference.signal())) / truth)
        #expect(abs(octaves - octaves.rounded()) < log2(1.005))
    }

    @Test func `what has no beat has no tempo`() {
        var twoClicks = Signals.silence(seconds: 0.99)
        for (index, value) in Signals.kick().enumerated() {
            twoClicks[index] = value
            twoClicks[index + 22_050] = value
        }
        let hit = Signals.kick() + Signals.silence(seconds: 1)
        let none = [
            "silence": Signals.silence(seconds: 5), "20 ms of noise": Signals.noise(seconds: 0.02),
            "5 s of sine": Signals.sine(440, seconds: 5), "5 s of noise": Signals.noise(seconds: 5),
            "one hit": hit, "two clicks": twoClicks,
        ]
        for (name, signal) in none { #expect(bpm(signal) == nil, "\(name)") }
    }

    @Test func `40 dB less change nothing`() throws {
        let loop = Signals.beats(bpm: 110, seconds: 16 * 60 / 110, sound: Signals.click())
        let (loud, quiet) = (find(loop), find(loop.map { $0 * 0.01 }))
        #expect(abs(try #require(loud?.bpm) - (try #require(quiet?.bpm))) < 0.01)
        #expect(abs(try #require(loud?.confidence) - (try #require(quiet?.confidence))) < 0.01)
    }

    @Test(arguments: [0, 1, 2047, 2048, 4096])
    func `a few samples have no tempo and make no trouble`(count: Int) {
        #expect(bpm(Array(Signals.noise(seconds: 0.1).prefix(count))) == nil)
    }

    @Test func `candidates are ranked and their shares sum to one`() throws {
        let tempo = try #require(find(Signals.beats(bpm: 140, seconds: 10, sound: Signals.click())))
        #expect(tempo.candidates.first?.bpm == tempo.bpm)
        #expect(zip(tempo.candidates, tempo.candidates.dropFirst()).allSatisfy { $0.probability >= $1.probability })
        #expect(abs(tempo.candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        #expect(tempo.candidates.allSatisfy { (55...215).contains($0.bpm) })
        #expect((0...1).contains(tempo.confidence))
    }

    @Test func `a steady piece agrees with itself, a change of tempo shows`() throws {
        let (slow, fast) = (pulses(bpm: 100, seconds: 50), pulses(bpm: 131, seconds: 50))
        let steady = try #require(vote(slow + slow))
        #expect(steady.agreement == 1 && !steady.varies)
        let changing = try #require(vote(slow + fast))
        #expect(changing.varies)
        #expect(abs(changing.bpm - 100) < 1 || abs(changing.bpm - 131) < 1)
        #expect(changing.confidence < steady.confidence)
    }

    @Test(arguments: [70.0, 93, 120, 150, 200])
    func `half, double and the thirds are among the candidates`(bpm: Double) throws {
        let tempo = try #require(find(Signals.beats(bpm: bpm, seconds: 16 * 60 / bpm, sound: Signals.click())))
        let best = try #require(tempo.candidates.first).bpm
        for ratio in [0.5, 2, 1.5, 2 / 3.0] where (55...215).contains(best * ratio) {
            let member = tempo.candidates.first { abs($0.bpm / (best * ratio) - 1) < 0.02 }
            #expect(try #require(member, "\(ratio)").probability > 0)
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `clicks at random times have no tempo`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var signal = Signals.silence(seconds: 12)
        var start = 0
        while start < signal.count - 2000 {
            for (index, value) in Signals.click(seed: seed).enumerated() { signal[start + index] += value }
            start += 2000 + Int(-15_000 * log(Double.random(in: 0.001...1, using: &random)))
        }
        #expect(bpm(signal) == nil)
    }

    @Test func `two noise clicks in a second have no tempo`() {
        var signal = Signals.silence(seconds: 0.99)
        for start in [0, 22_050] {
            for (index, value) in Signals.click().enumerated() { signal[start + index] = value }
        }
        #expect(bpm(signal) == nil)
    }

    @Test func `onsets on a grid are far from chance`() {
        let grid = (0..<16).map { 0.125 * Double($0) }
        #expect(abs(TempoPresence.regularity(of: grid, period: 0.5) - 16) < 1e-6)
        #expect(TempoPresence.regularity(of: grid.map { $0 + 0.06 * sin(37 * $0) }, period: 0.437) < 6)
        #expect(TempoPresence.regularity(of: [1], period: 0.5) == 0)
    }

    /// An onset envelope with a strong beat and a weaker one between, 86 frames a second.
    private func pulses(bpm: Double, seconds: Double) -> [Float] {
        (0..<Int(86 * seconds)).map { frame in
            let beat = Double(frame) / 86 * bpm / 60
            let (near, between) = (abs(beat - beat.rounded()), abs(beat - beat.rounded(.down) - 0.5))
            return near < 0.03 ? 30 : between < 0.03 ? 15 : 0
        }
    }

    private func vote(_ values: [Float]) -> Tempo? {
        let envelopes = OnsetEnvelopes(full: values, high: values, squared: values.map { $0 * $0 }, frameRate: 86)
        let length = LengthEvidence(duration: Double(values.count) / 86, tailLevel: 1)
        return Rhythm(envelopes: envelopes, length: length).tempo
    }

    private func bpm(_ signal: [Float]) -> Double? { find(signal)?.bpm }

    private func find(_ signal: [Float]) -> Tempo? { Signals.rhythm(of: signal).tempo }
}
