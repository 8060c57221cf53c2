import Foundation
import Testing

@testable import AudioCore

@Suite struct FingerprintTests {
    @Test func `a copy is told whatever its gain and the silence before it`() throws {
        let original = try print(Self.take(seed: 1))
        for (gain, silence) in [(2, 0), (0.5, 4410), (0.25, 7001)] as [(Float, Int)] {
            let copy = [Float](repeating: 0, count: silence) + Self.take(seed: 1).map { $0 * gain }
            let match = try #require(try print(copy).match(original))
            #expect(match.isCopy)
            #expect(abs(match.gain - Double(20 * log10(gain))) < 0.5)
            #expect(abs(match.offset - Double(silence) / 44_100) < 0.015)
        }
    }

    @Test func `a copy without its first 100 ms, or faded out at its end, is told`() throws {
        let (take, original) = try (Self.take(seed: 2), print(Self.take(seed: 2)))
        let cut = try #require(try print(Array(take[4410...])).match(original))
        #expect(cut.isCopy && abs(cut.offset + 0.1) < 0.03)
        let faded = take.enumerated().map { index, value in
            value * min(1, Float(take.count - index) / 22_050)
        }
        #expect(try print(faded).match(original)?.isCopy == true)
    }

    @Test(arguments: 2...6 as ClosedRange<UInt64>)
    func `another stroke of the same drum is no copy`(seed: UInt64) throws {
        let match = try print(LikenessSignals.snare(seed: seed)).match(print(LikenessSignals.snare(seed: 1)))
        #expect(match?.isCopy == false)
    }

    @Test func `less than 60 ms prove nothing`() throws {
        let click = Array(Signals.click().prefix(800))
        #expect(try print(click).match(print(click)) == nil)
    }

    @Test func `it covers six seconds, not more`() throws {
        let long = try print(Signals.noise(seconds: 9))
        #expect(long.steps == Fingerprint.mostSteps && long.bytes.count == 7200)
    }

    @Test func `bytes and JSON no fingerprint has are refused`() throws {
        #expect(Fingerprint(onset: 0, sampleRate: 44_100, reference: 0, bytes: []) == nil)
        #expect(Fingerprint(onset: 0, sampleRate: 44_100, reference: 0, bytes: [1, 2, 3]) == nil)
        #expect(Fingerprint(onset: 0, sampleRate: 44_100, reference: 0, bytes: .init(repeating: 251, count: 24)) == nil)
        #expect(
            Fingerprint(onset: .nan, sampleRate: 44_100, reference: 0, bytes: .init(repeating: 9, count: 24)) == nil)
        let other = Data(#"{"version": 9, "onset": 0, "sample_rate": 1, "reference": 0, "levels": "AAAA"}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Fingerprint.self, from: other) }
    }

    @Test func `copies among many sounds are found, and nothing else`() throws {
        var sounds: [[Float]] = (10..<30).map { Self.take(seed: $0) }
        sounds.append(Self.take(seed: 12).map { $0 * 0.5 })
        sounds.append([Float](repeating: 0, count: 4410) + Self.take(seed: 17))
        sounds.append([Float](repeating: 0, count: 44_100))
        let features = try sounds.map { try LikenessSignals.analyze($0) }
        let groups = try DuplicateSearch(features.map { ($0.similarity, $0.fingerprint) }).groups()
        #expect(groups == [[2, 20], [7, 21]])
    }

    @Test func `what hangs together by pairs is one group`() {
        let pairs = [(5, 1), (2, 9), (1, 7), (9, 4), (7, 5)].map { DuplicateSearch.Pair($0.0, $0.1) }
        #expect(DuplicateSearch.groups(of: pairs) == [[1, 5, 7], [2, 4, 9]])
        #expect(DuplicateSearch.groups(of: []).isEmpty)
    }

    /// A second of changing noise and tones.
    private static func take(seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        var take = Signals.noise(amplitude: 0.02, seconds: 1.2, seed: seed)
        for _ in 0..<12 {
            let start = Int.random(in: 0..<40_000, using: &random)
            let tone = Signals.sine(Double.random(in: 80...6000, using: &random), amplitude: 0.2, seconds: 0.2)
            for (index, value) in tone.enumerated() { take[start + index] += value * exp(-Float(index) / 3000) }
        }
        return take
    }

    private func print(_ samples: [Float]) throws -> Fingerprint {
        try #require(LikenessSignals.analyze(samples).fingerprint)
    }
}
