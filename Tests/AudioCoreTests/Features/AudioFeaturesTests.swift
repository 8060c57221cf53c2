import Foundation
import Testing

@testable import AudioCore

@Suite struct AudioFeaturesTests {
    private static let stream: Set = [
        "format", "duration", "sample_rate", "channels", "frames", "bit_depth", "truncated", "kind", "embedded",
        "metadata",
    ]
    private static let role: Set = ["role", "role_confidence", "role_reason", "role_candidates"]
    private static let rhythm: Set = ["bpm", "bpm_confidence", "bpm_agreement", "bpm_candidates", "beats", "onsets"]
    private static let tonality: Set = [
        "key", "scale", "camelot", "key_confidence", "key_candidates", "pitch", "pitch_note", "pitch_share",
        "tuning_cents",
    ]
    private static let timbre: Set = [
        "spectral_centroid", "spectral_bandwidth", "spectral_rolloff", "spectral_flatness", "spectral_contrast",
        "zero_crossing_rate", "rms", "onset_strength", "mfcc", "chroma",
    ]
    private static let loudness: Set = [
        "loudness_lufs", "loudness_momentary_max_lufs", "loudness_short_term_max_lufs", "loudness_range_lu",
        "true_peak_dbtp", "sample_peak_dbfs",
    ]
    private static let keys = stream.union(role).union(rhythm).union(tonality).union(loudness).union(timbre)
        .union(timbre.map { $0 + "_std" }).union(["harmonic_ratio"])

    @Test func `what does not exist is null, not left out`() throws {
        let json = try object(AudioAnalysis.analyze(Signals.silence(seconds: 1), sampleRate: 44_100))
        #expect(Set(json.keys) == Self.keys)
        let lists: Set = ["role_candidates", "bpm_candidates", "beats", "onsets", "key_candidates"]
        let absent = Self.role.union(Self.rhythm).union(Self.tonality).union(Self.loudness)
            .union(["embedded", "metadata", "harmonic_ratio"])
        for key in absent.subtracting(lists) { #expect(json[key] is NSNull, "\(key)") }
        for key in lists { #expect((json[key] as? [Any])?.isEmpty == true, "\(key)") }
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
        #expect(features.key == Key(.a, .minor) && features.role != nil)
        let json = try JSONEncoder().encode(features)
        #expect(try JSONDecoder().decode(AudioFeatures.self, from: json) == features)
    }

    @Test func `arrays have their lengths`() throws {
        let json = try object(AudioAnalysis.analyze(Signals.sine(440, seconds: 1), sampleRate: 44_100))
        for (key, count) in [("spectral_contrast", 7), ("mfcc", 20), ("chroma", 12)] {
            #expect((json[key] as? [Double])?.count == count && (json[key + "_std"] as? [Double])?.count == count)
        }
    }

    @Test func `JSON from before a feature existed still reads`() throws {
        let old =
            #"{"duration": 1, "sample_rate": 8000, "channels": 1, "frames": 8000, "kind": "one-shot", "bpm": null}"#
        let features = try JSONDecoder().decode(AudioFeatures.self, from: Data(old.utf8))
        #expect(features.rhythm == Rhythm() && features.timbre.mfcc.isEmpty && features.role == nil)
    }

    @Test func `measured values have six significant digits`() {
        #expect(1234.5678.rounded(digits: 6) == 1234.57)
        #expect((-0.000012345678).rounded(digits: 6) == -0.0000123457)
        #expect(1_234_567.0.rounded(digits: 6) == 1_234_570)
        #expect(0.0.rounded(digits: 6) == 0)
        #expect(Double.leastNonzeroMagnitude.rounded(digits: 6) == 0)
        #expect((-1e-305).rounded(digits: 6) == 0)
    }

    private func object(_ features: AudioFeatures) throws -> [String: Any] {
        try #require(
            JSONSerialization.jsonObject(with: JSONEncoder().encode(features)) as? [String: Any])
    }
}
