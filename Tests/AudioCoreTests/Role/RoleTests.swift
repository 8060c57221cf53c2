import Foundation
import Testing

@testable import AudioCore

@Suite struct RoleTests {
    struct Made: Sendable, CustomTestStringConvertible {
        let role: Role
        let mentions: String
        let sound: @Sendable (Double) -> [Float]
        var testDescription: String { "\(role.rawValue): \(mentions)" }
    }

    static let made: [Made] = [
        Made(role: .kick, mentions: "below 200 Hz") { MadeHits.kick(rate: $0) },
        Made(role: .snare, mentions: "noise") { MadeHits.snare(rate: $0) },
        Made(role: .closedHat, mentions: "above 5,300 Hz") { MadeHits.hat(decay: 0.02, seconds: 0.3, rate: $0) },
        Made(role: .openHat, mentions: "falls by 20 dB in") { MadeHits.hat(decay: 0.16, seconds: 1, rate: $0) },
        Made(role: .cymbal, mentions: "sounds for") { MadeHits.hat(decay: 0.5, seconds: 2.5, rate: $0) },
        Made(role: .clap, mentions: "bursts in the first 60 ms") { MadeHits.clap(rate: $0) },
        Made(role: .tom, mentions: "pitch 11") { MadeHits.tom(rate: $0) },
        Made(role: .percussion, mentions: "periodic") {
            MadeHits.glide(900, to: 900, decay: 0.02, seconds: 0.2, rate: $0)
        },
        Made(role: .bass, mentions: "pitch 55 Hz") { MadeHits.note(55, decay: 2, seconds: 1, rate: $0) },
        Made(role: .melodic, mentions: "periodic") { MadeHits.note(330, decay: 2, seconds: 1, rate: $0) },
        Made(role: .melodic, mentions: "held rather than struck") {
            Signals.chord([57, 60, 64], seconds: 1, rate: $0)
        },
        Made(role: .vocal, mentions: "clear pitch for") { MadeHits.voice(rate: $0) },
        Made(role: .fx, mentions: "noise") { MadeHits.sweep(rate: $0) },
        Made(role: .drums, mentions: "strokes") { MadeHits.beat(rate: $0) },
    ]

    @Test(arguments: made)
    func `a made sound is what it was made as, for a reason that was measured`(made: Made) throws {
        let estimate = try #require(try role(made.sound(44_100)))
        #expect(estimate.role == made.role, "\(estimate.reason)")
        #expect(estimate.reason.contains(made.mentions), "\(estimate.reason)")
        #expect(estimate.reason.hasSuffix(".") && estimate.reason.contains("next best"))
    }

    @Test(arguments: made)
    func `gain changes nothing`(made: Made) throws {
        let sound = made.sound(44_100)
        let expected = try role(sound)?.role
        for gain: Float in [0.1, 10] { #expect(try role(sound.map { gain * $0 })?.role == expected) }
    }

    @Test(arguments: made)
    func `silence before it changes nothing`(made: Made) throws {
        let sound = made.sound(44_100)
        #expect(try role(Signals.silence(seconds: 0.1) + sound)?.role == role(sound)?.role)
    }

    @Test(arguments: made, [48_000.0, 96_000])
    func `the rate changes nothing`(made: Made, rate: Double) throws {
        #expect(try role(made.sound(rate), rate: Int(rate))?.role == made.role)
    }

    @Test func `candidates are ranked, three, and the first is the role`() throws {
        let estimate = try #require(try role(MadeHits.snare()))
        #expect(estimate.candidates.count == 3 && estimate.candidates.first?.role == estimate.role)
        let scores = estimate.candidates.map(\.score)
        #expect(scores == scores.sorted(by: >) && scores.allSatisfy { $0 > 0 && $0 <= 1 })
        #expect(Set(estimate.candidates.map(\.role)).count == 3)
    }

    @Test func `a clear kick is surer than something between a kick and a tom`() throws {
        let clear = try #require(try role(MadeHits.kick()))
        let between = try #require(try role(MadeHits.glide(95, to: 80, decay: 0.14, seconds: 0.7)))
        #expect(clear.confidence > between.confidence + 0.1)
        #expect(clear.confidence < 1)
    }

    @Test func `a falling pitch is named`() throws {
        let reason = try #require(try role(MadeHits.glide(240, to: 60, decay: 0.1, seconds: 0.4))).reason
        #expect(reason.contains("the pitch falls by"), "\(reason)")
        #expect(try role(MadeHits.glide(60, to: 60, decay: 0.1, seconds: 0.4))?.reason.contains("falls by 0") == false)
    }

    @Test func `a loop of hats is drums, whatever its hits are`() throws {
        let loop = Signals.beats(bpm: 120, seconds: 8, sound: MadeHits.hat(decay: 0.02, seconds: 0.2))
        let features = try AudioAnalysis.analyze(loop, sampleRate: 44_100)
        #expect(features.kind == .loop)
        #expect(features.role.map { Role.ofLoops.contains($0.role) } == true)
    }

    private func role(_ mono: [Float], rate: Int = 44_100) throws -> RoleEstimate? {
        try AudioAnalysis.analyze(mono, sampleRate: rate).role
    }
}
