import Foundation
import Testing

@testable import AudioCore

@Suite struct KeyTests {
    @Test(arguments: Reference.cadences)
    func `cadences are in their key`(name: String) throws {
        let reference = try Reference(name)
        let expected = try #require(reference.true_key).replacing("Eb", with: "D#").split(separator: " ")
        let key = try #require(find(reference.signal())).key
        #expect([Substring(key.tonic.rawValue), Substring(key.scale.rawValue)] == expected)
    }

    @Test(arguments: [22_050.0, 44_100, 48_000, 96_000])
    func `the rate does not matter`(rate: Double) throws {
        let chord = Signals.chord([50, 57, 62, 65, 69], seconds: 2, rate: rate)
        #expect(try #require(find(chord, rate: rate)).key == Key(.d, .minor))
    }

    @Test(arguments: 0..<12)
    func `a cadence moved by semitones moves its key`(shift: Int) throws {
        let chords = [[48, 60, 64, 67], [53, 60, 65, 69], [43, 59, 62, 67], [48, 60, 64, 67]]
        let signal = chords.flatMap { Signals.chord($0.map { $0 + shift }, seconds: 0.6) }
        let key = try #require(find(signal)).key
        #expect(key == Key(PitchClass.allCases[shift], .major))
    }

    @Test func `tuning is reported, and the key named in the piece's own`() throws {
        // A quarter of a semitone sharp: played 1.45 % faster.
        let rate = 44_100.0
        let signal = Signals.chord([48, 60, 64, 67], seconds: 2, rate: rate / pow(2, 0.25 / 12))
        let found = find(signal)
        let estimate = try #require(found)
        #expect(abs(estimate.tuning - 0.25) < 0.05)
        #expect(estimate.key == Key(.c, .major))
    }

    @Test func `all 24 keys are ranked, with probabilities that sum to 1`() throws {
        let estimate = try #require(find(Signals.chord([57, 60, 64], seconds: 1)))
        #expect(Set(estimate.candidates.map(\.key)) == Set(Key.allCases))
        #expect(estimate.candidates.first?.key == estimate.key)
        #expect(
            zip(estimate.candidates, estimate.candidates.dropFirst()).allSatisfy { $0.probability >= $1.probability })
        #expect(abs(estimate.candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        #expect((0...estimate.candidates[0].probability).contains(estimate.confidence))
    }

    @Test func `the relatives of the best key are flagged`() throws {
        let estimate = try #require(find(Signals.chord([57, 60, 64], seconds: 1)))
        let relations = estimate.candidates.reduce(into: [Key: KeyRelation]()) { $0[$1.key] = $1.relation }
        #expect(
            relations == [
                Key(.c, .major): .relative, Key(.a, .major): .parallel, Key(.e, .minor): .dominant,
                Key(.d, .minor): .subdominant,
            ])
    }

    private func find(_ signal: [Float], rate: Double = 44_100) -> KeyEstimate? {
        var meter = PitchPeakMeter(sampleRate: rate, largestBlock: signal.count)
        meter.push(signal.span)
        meter.finish()
        return KeyEstimator().estimate(meter).key
    }
}
