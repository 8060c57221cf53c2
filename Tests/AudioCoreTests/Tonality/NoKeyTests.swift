import Foundation
import Testing

@testable import AudioCore

@Suite struct NoKeyTests {
    @Test(arguments: Sound.allCases)
    func `what is no music has neither key nor pitch`(sound: Sound) {
        let tonality = listen(sound.signal)
        #expect(tonality.key == nil)
        #expect(tonality.pitch == nil)
    }

    enum Sound: CaseIterable {
        case silence, oneSample, noise, clicks, repeatedBurst, bells, glide, drums

        var signal: [Float] {
            switch self {
            case .silence: Signals.silence(seconds: 2)
            case .oneSample: [0.5]
            case .noise: Signals.noise(seconds: 2)
            case .clicks: (1...8).flatMap { Signals.click(seed: $0) + Signals.silence(seconds: 0.4) }
            // The same few peaks again and again are strict by chance, and only by chance.
            case .repeatedBurst: Signals.beats(bpm: 120, seconds: 4, sound: Signals.click(seed: 5))
            case .bells: Self.bell(523) + Self.bell(610) + Self.bell(455)
            case .glide: Self.glide(from: 100, to: 2_000, seconds: 3)
            case .drums:
                zip(
                    Signals.beats(bpm: 120, seconds: 4, sound: Signals.kick()),
                    Signals.beats(bpm: 120, seconds: 4, start: 0.25, sound: Signals.click())
                ).map { $0 + $1 }
            }
        }

        /// Partials as in a church bell, without a common fundamental.
        private static func bell(_ frequency: Double) -> [Float] {
            let partials = [0.5, 1, 1.19, 1.56, 2, 2.51, 2.66, 3.01, 4.1].map {
                Signals.sine(frequency * $0, seconds: 1)
            }
            return partials[0].indices.map { index in
                partials.reduce(0) { $0 + $1[index] } * Float(exp(-Double(index) / 15_000) / 9)
            }
        }

        private static func glide(from low: Double, to high: Double, seconds: Double) -> [Float] {
            var phase = 0.0
            let count = Int(seconds * 44_100)
            return (0..<count).map { index in
                phase += low * pow(high / low, Double(index) / Double(count)) / 44_100
                return Float(0.5 * sin(2 * .pi * phase))
            }
        }
    }

    @Test(arguments: [33, 45, 57, 69, 81])
    func `a single note has a pitch and no key`(note: Int) throws {
        for overtones in [1, 4, 30] {
            let tonality = listen(tone(note, overtones: overtones))
            #expect(tonality.key == nil)
            let pitch = try #require(tonality.pitch)
            #expect(pitch.note == note)
            #expect(pitch.pitchClass == PitchClass.allCases[note % 12])
            // Low peaks are broad: a bin is half a semitone wide at 90 Hz.
            #expect(abs(pitch.tuning) < 0.08)
            #expect((0.7...1).contains(pitch.share))
        }
    }

    @Test func `the tuning of a single note is told`() throws {
        // Played 1.45 % faster: a quarter of a semitone sharp.
        let pitch = try #require(listen(tone(57, overtones: 10, rate: 44_100 / pow(2, 0.25 / 12))).pitch)
        #expect(pitch.note == 57)
        #expect(abs(pitch.tuning - 0.25) < 0.05)
    }

    @Test func `a tuned drum has a pitch`() throws {
        // A G2 that has faded to a third after a fifth of a second.
        let tom = Signals.sine(98, seconds: 0.45).enumerated().map { $1 * Float(exp(-Double($0) / 8_820)) }
        let pitch = try #require(listen(Signals.beats(bpm: 120, seconds: 2, sound: tom)).pitch)
        #expect(pitch.note == 43)
    }

    @Test(arguments: [[57, 60, 64], [48, 52, 55], [50, 57, 62, 66]])
    func `a chord is no single note`(chord: [Int]) {
        let tonality = listen(Signals.chord(chord, seconds: 1))
        #expect(tonality.pitch == nil)
        #expect(tonality.key != nil)
    }

    @Test(arguments: 60...62)
    func `a diminished chord points to no key, an augmented one hardly`(root: Int) {
        #expect(listen(Signals.chord([0, 3, 6, 9].map { root + $0 }, seconds: 1)).key == nil)
        let augmented = listen(Signals.chord([0, 4, 8].map { root + $0 }, seconds: 1)).key
        #expect((augmented?.confidence ?? 0) < 0.4)
    }

    @Test func `a bare fifth has no key`() {
        #expect(listen(Signals.chord([48, 55], seconds: 1)).key == nil)
    }

    private func tone(_ note: Int, overtones: Int, rate: Double = 44_100) -> [Float] {
        let frequency = 440 * pow(2, Double(note - 69) / 12)
        return (0..<Int(rate)).map { index in
            (1...overtones).reduce(into: Float(0)) { sum, overtone in
                guard frequency * Double(overtone) < rate / 2 else { return }
                let phase = frequency * Double(overtone) * Double(index) / rate
                sum += Float(0.2 / Double(overtone) * sin(2 * .pi * phase))
            }
        }
    }

    private func listen(_ signal: [Float]) -> Tonality {
        var meter = PitchPeakMeter(sampleRate: 44_100, largestBlock: signal.count)
        meter.push(signal.span)
        meter.finish()
        return KeyEstimator().estimate(meter)
    }
}
