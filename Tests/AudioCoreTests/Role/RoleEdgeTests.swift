import Foundation
import Testing

@testable import AudioCore

@Suite struct RoleEdgeTests {
    struct Odd: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var rate = 44_100
        var channels = 1
        let samples: @Sendable () -> [Float]
    }

    static let silent: [Odd] = [
        Odd(testDescription: "silence") { Signals.silence(seconds: 1) },
        Odd(testDescription: "one sample") { [0.5] },
        Odd(testDescription: "9 ms") { Signals.sine(440, seconds: 0.009) },
        Odd(testDescription: "a constant") { [Float](repeating: 0.5, count: 44_100) },
        Odd(testDescription: "channels in opposite phase", channels: 2) {
            Signals.sine(440, seconds: 0.5).flatMap { [$0, -$0] }
        },
        Odd(testDescription: "denormal numbers") { Signals.noise(amplitude: .leastNormalMagnitude / 8, seconds: 0.5) },
    ]

    static let sounding: [Odd] = [
        Odd(testDescription: "clipped") { MadeHits.note(220, decay: 2, seconds: 1).map { min(max(20 * $0, -1), 1) } },
        Odd(testDescription: "a burst of noise") { Signals.noise(seconds: 0.05) },
        Odd(testDescription: "a sine") { Signals.sine(440, seconds: 1) },
        Odd(testDescription: "one bit") { Signals.noise(seconds: 0.5).map { $0 < 0 ? -1 : 1 } },
        Odd(testDescription: "384 kHz", rate: 384_000) { MadeHits.kick(rate: 384_000) },
        Odd(testDescription: "8 kHz", rate: 8_000) { MadeHits.kick(rate: 8_000) },
        Odd(testDescription: "8 channels", channels: 8) {
            MadeHits.kick().flatMap { [Float](repeating: $0, count: 8) }
        },
        Odd(testDescription: "a click after 8 s") { Signals.silence(seconds: 8) + Signals.click() },
        Odd(testDescription: "20 dB over full scale") { MadeHits.kick().map { 10 * $0 } },
    ]

    @Test(arguments: silent)
    func `what does not sound has no role`(odd: Odd) throws {
        #expect(try role(odd) == nil)
    }

    @Test(arguments: sounding)
    func `whatever sounds has a role and finite numbers`(odd: Odd) throws {
        let estimate = try #require(try role(odd))
        #expect((0...1).contains(estimate.confidence) && !estimate.reason.isEmpty)
        #expect(estimate.candidates.allSatisfy { (0...1).contains($0.score) })
        #expect(!estimate.reason.contains("nan") && !estimate.reason.contains("inf"))
    }

    @Test(arguments: [(384_000, 1), (8_000, 1), (44_100, 8)])
    func `a kick is a kick at any rate and on any number of channels`(rate: Int, channels: Int) throws {
        let kick = MadeHits.kick(rate: Double(rate)).flatMap { [Float](repeating: $0, count: channels) }
        #expect(try AudioAnalysis.analyze(kick, sampleRate: rate, channels: channels).role?.role == .kick)
    }

    @Test func `a song has no role, however uniform it is`() throws {
        #expect(
            try role(Odd(testDescription: "31 s", rate: 8_000) { Signals.sine(440, seconds: 31, rate: 8_000) }) == nil)
    }

    @Test func `the portions do not matter`() throws {
        let sound = MadeHits.snare()
        let whole = try AudioAnalysis.analyze(sound, sampleRate: 44_100).role
        for portion in [1, 97, 4_096, 10_000] {
            let extractor = FeatureExtractor(
                stream: AudioStream(format: .wav, sampleRate: 44_100, channels: 1, bitDepth: nil))
            for start in stride(from: 0, to: sound.count, by: portion) {
                try Array(sound[start..<min(start + portion, sound.count)]).withUnsafeBufferPointer {
                    try extractor.push($0)
                }
            }
            #expect(try extractor.finish().role == whole)
        }
    }

    @Test func `a role survives JSON, and none is null`() throws {
        let features = try AudioAnalysis.analyze(MadeHits.kick(), sampleRate: 44_100)
        let data = try JSONEncoder().encode(features)
        #expect(try JSONDecoder().decode(AudioFeatures.self, from: data).role == features.role)
        let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["role"] as? String == "kick" && object["role_confidence"] is Double)
        #expect((object["role_candidates"] as? [[String: Any]])?.first?["role"] as? String == "kick")
    }

    private func role(_ odd: Odd) throws -> RoleEstimate? {
        try AudioAnalysis.analyze(odd.samples(), sampleRate: odd.rate, channels: odd.channels).role
    }
}
