import Foundation
import Testing

@testable import AudioCore

@Suite struct AudioFeaturesTests {
    static let keys: Set = [
        "format", "duration", "sample_rate", "channels", "frames", "bit_depth", "kind", "bpm", "bpm_confidence", "key",
        "scale", "key_confidence", "spectral_centroid", "spectral_centroid_std", "spectral_bandwidth",
        "spectral_bandwidth_std", "spectral_rolloff", "spectral_rolloff_std", "spectral_flatness",
        "spectral_flatness_std", "zero_crossing_rate", "zero_crossing_rate_std", "rms", "rms_std", "loudness_lufs",
        "true_peak_dbtp",
    ]

    @Test func `what does not exist is null, not left out`() throws {
        let json = try object(AudioAnalysis.analyze(Signals.silence(seconds: 1), sampleRate: 44_100))
        #expect(Set(json.keys) == Self.keys)
        let absent = ["bpm", "bpm_confidence", "key", "scale", "key_confidence", "loudness_lufs", "true_peak_dbtp"]
        for key in absent { #expect(json[key] is NSNull, "\(key)") }
    }

    @Test func `file and waveform are left out when absent`() throws {
        var features = try AudioAnalysis.analyze(
            Signals.sine(440, seconds: 0.5), sampleRate: 44_100, options: AnalysisOptions(waveformPoints: 5))
        features.file = "a.wav"
        let json = try object(features)
        #expect(Set(json.keys) == Self.keys.union(["file", "waveform"]))
        let waveform = try #require(json["waveform"] as? [String: [Double]])
        #expect(waveform["max"] == [0.5, 0.5, 0.5, 0.5, 0.5])
    }

    @Test func `features survive JSON unchanged`() throws {
        let chord = Signals.chord([57, 60, 64], seconds: 1)
        let features = try AudioAnalysis.analyze(chord, sampleRate: 44_100, options: AnalysisOptions(waveformPoints: 9))
        #expect(features.key == Key(.a, .minor))
        let json = try JSONEncoder().encode(features)
        #expect(try JSONDecoder().decode(AudioFeatures.self, from: json) == features)
    }

    @Test func `measured values have six significant digits`() {
        #expect(1234.5678.rounded(digits: 6) == 1234.57)
        #expect((-0.000012345678).rounded(digits: 6) == -0.0000123457)
        #expect(1_234_567.0.rounded(digits: 6) == 1_234_570)
        #expect(0.0.rounded(digits: 6) == 0)
    }

    private func object(_ features: AudioFeatures) throws -> [String: Any] {
        try #require(
            JSONSerialization.jsonObject(with: JSONEncoder().encode(features)) as? [String: Any])
    }
}
