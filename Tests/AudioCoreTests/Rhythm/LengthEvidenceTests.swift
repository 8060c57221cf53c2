import Testing

@testable import AudioCore

@Suite struct LengthEvidenceTests {
    @Test(arguments: [(0.0, 0.15), (0, 0.4), (0, 0.7), (0.1, 0.3), (0.25, 0.55)])
    func `silence around a loop does not move its tempo`(before: Double, after: Double) throws {
        for bpm in [92.0, 105, 124, 138] {
            let loop = Signals.silence(seconds: before) + bars(4, bpm: bpm) + Signals.silence(seconds: after)
            let found = try #require(Signals.rhythm(of: loop).tempo, "\(bpm)")
            #expect(abs(found.bpm / bpm - 1) < 0.002, "\(found.bpm) for \(bpm)")
        }
    }

    @Test(arguments: [0.83, 0.9, 0.96])
    func `a loop cut short keeps its tempo`(share: Double) throws {
        for bpm in [92.0, 105, 124, 138] {
            let loop = bars(4, bpm: bpm)
            let found = try #require(
                Signals.rhythm(of: Array(loop.prefix(Int(share * Double(loop.count))))).tempo, "\(bpm)")
            #expect(abs(found.bpm / bpm - 1) < 0.002, "\(found.bpm) for \(bpm)")
        }
    }

    @Test func `the length suggests what the audio bears out`() {
        let (period, beats) = (40.0, 16)
        let whole = Double(beats) * period
        let candidates = TempoCandidates(full: pulses(period: period, beats: beats), frameRate: 86)
        #expect(beatsInFile(candidates, frames: whole).contains(beats))
        // The same pulses in a file said to be half a beat longer: every count has a period beside the true one.
        #expect(!beatsInFile(candidates, frames: whole + 0.5 * period).contains(beats))
    }

    @Test func `without a peak the length is believed unless the end contradicts the start`() {
        // One sound at the start: nothing repeats, and the last bar has nothing like it.
        let once = Autocorrelation((0..<320).map { $0 == 7 ? 10 : 0 })
        let candidates = TempoCandidates(full: once, frameRate: 86)
        #expect(once.wrap(period: 40, beats: 8) < 0)
        #expect(!beatsInFile(candidates, frames: 320).contains(8))
        #expect(beatsInFile(candidates, frames: 320).contains(4))
    }

    @Test func `the last bar fits the first where bars repeat`() {
        let repeated = pulses(period: 40, beats: 16)
        #expect(repeated.wrap(period: 40, beats: 16) > 0.8)
        #expect(repeated.wrap(period: 40.9, beats: 16) < 0.3)
    }

    @Test func `a single bar has no other to fit`() {
        for period in [39.7, 40, 40.3] { #expect(pulses(period: 40, beats: 4).wrap(period: period, beats: 4) == 0) }
    }

    private func beatsInFile(_ candidates: TempoCandidates, frames: Double) -> [Int] {
        candidates.hypotheses(length: LengthEvidence(duration: frames / 86, tailLevel: 1)).compactMap(\.beatsInFile)
    }

    /// A sharpened envelope of a strong beat every `period` frames and a weaker one between.
    private func pulses(period: Double, beats: Int) -> Autocorrelation {
        var values = [Float](repeating: 0, count: Int(Double(beats) * period))
        for half in 0..<2 * beats { values[Int(Double(half) * period / 2)] = half % 2 == 0 ? 30 : 12 }
        return Autocorrelation(values)
    }

    /// Bars of four beats: kicks on one and three, noise on two and four, soft noise between.
    private func bars(_ count: Int, bpm: Double) -> [Float] {
        let (beats, rate) = (4 * count, 44_100.0)
        var signal = [Float](repeating: 0, count: Int((Double(beats) * 60 / bpm * rate).rounded()))
        for half in 0..<2 * beats {
            let sound = half % 4 == 0 ? Signals.kick() : Signals.click()
            let level: Float = half % 2 == 0 ? 1 : 0.2
            let start = Int(Double(half) * 30 / bpm * rate)
            for (index, value) in sound.enumerated() where start + index < signal.count {
                signal[start + index] += level * value
            }
        }
        return signal
    }
}
