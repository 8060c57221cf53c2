import AudioCore
import Foundation
import NIOCore
import SampleLibrary
import Storage
import Testing

@testable import WaxwingHTTP

/// Lists pass features on as the library keeps them: nobody is to see that.
@Suite struct KeptFeaturesTests {
    private func object(_ json: some Sequence<UInt8>) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(json)) as? NSDictionary)
    }

    @Test func `features are kept as clients see them`() throws {
        let kept = try JSONText.encode(AudioFeatures.example)
        let shown = try object(JSONWriter.bytes(of: AudioFeatures.example).readableBytesView)
        let passedOn = try object(JSONWriter.bytes(of: AudioFeaturesView.kept(RawJSON(text: kept))).readableBytesView)
        #expect(try object(kept.utf8) == shown)
        #expect(passedOn == shown)
    }

    /// A change of these names without another `AudioFeatures.jsonVersion` would pass old JSON on as if it were of today.
    @Test func `the version of the features' JSON stands for these members`() throws {
        #expect(AudioFeatures.jsonVersion == 1)
        let features = try object(JSONText.encode(AudioFeatures.example).utf8)
        #expect(Self.paths(features).sorted() == Self.members)
    }

    private static func paths(_ value: Any, _ prefix: String = "") -> Set<String> {
        switch value {
        case let object as [String: Any]:
            object.reduce(into: []) { $0.formUnion(paths($1.value, prefix.isEmpty ? $1.key : "\(prefix).\($1.key)")) }
        case let list as [Any]: list.reduce(into: [prefix + "[]"]) { $0.formUnion(paths($1, prefix + "[]")) }
        default: [prefix]
        }
    }

    private static let members = [
        "beats[]", "bit_depth", "bpm", "bpm_agreement", "bpm_candidates[]", "bpm_candidates[].bpm",
        "bpm_candidates[].probability", "bpm_confidence", "camelot", "channels", "chroma[]", "chroma_std[]",
        "duration", "embedded", "file", "format", "frames", "harmonic_ratio", "key", "key_candidates[]",
        "key_candidates[].key", "key_candidates[].probability", "key_candidates[].relation", "key_candidates[].scale",
        "key_confidence", "kind", "loudness_lufs", "loudness_momentary_max_lufs", "loudness_range_lu",
        "loudness_short_term_max_lufs", "metadata.markers[]", "metadata.software", "mfcc[]", "mfcc_std[]",
        "onset_strength", "onset_strength_std", "onsets[]", "pitch", "pitch_note", "pitch_share", "rms", "rms_std",
        "role", "role_candidates[]", "role_candidates[].role", "role_candidates[].score", "role_confidence",
        "role_reason", "sample_peak_dbfs", "sample_rate", "scale", "spectral_bandwidth", "spectral_bandwidth_std",
        "spectral_centroid", "spectral_centroid_std", "spectral_contrast[]", "spectral_contrast_std[]",
        "spectral_flatness", "spectral_flatness_std", "spectral_rolloff", "spectral_rolloff_std", "true_peak_dbtp",
        "truncated", "tuning_cents", "zero_crossing_rate", "zero_crossing_rate_std",
    ]
}
