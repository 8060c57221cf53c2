import Foundation

/// A file of `Tests/Reference/features`: what librosa and libebur128 say about a signal.
struct Reference: Decodable {
    struct Check: Decodable {
        var sum: Double
        var sum_sq: Double
        var first8: [Double]
        var peak: Double
    }

    struct Summary: Decodable {
        struct Value: Decodable {
            var mean: Double
            var std: Double
        }
        var spectral_centroid, spectral_bandwidth, spectral_rolloff, spectral_flatness: Value
        var zero_crossing_rate, rms, onset_strength: Value
        var spectral_contrast, mfcc, chroma_stft: Values

        /// One a row.
        struct Values: Decodable {
            var mean: [Double]
            var std: [Double]
        }
    }

    struct Frames: Decodable {
        var spectral_centroid, spectral_bandwidth, spectral_rolloff, spectral_flatness: [Double]?
        var zero_crossing_rate, onset_strength: [Double]?
        /// Rows of frames.
        var spectral_contrast, mfcc, chroma_stft: [[Double]]?
        var rms: [Double]
    }

    struct Loudness: Decodable {
        var integrated_lufs: Double?
        var lra_lu: Double
        var true_peak_dbtp: Double?
        var sample_peak_dbfs: Double?
    }

    var name: String
    var sample_rate: Int
    var samples: Int
    var check: Check
    var summary: Summary
    var per_frame: Frames
    var loudness: Loudness
    var true_bpm: Double?
    var true_onsets_s: [Double]?
    var true_key: String?

    static let spectral = [
        "sine_440", "sine_997_48k", "two_sines", "chirp_log", "chirp_lin_22k", "noise_white", "noise_decay", "impulse",
        "dc", "silence", "one_sample", "short_500", "square_110", "chord_c_major",
    ]
    static let clicks = [
        "clicks_60", "clicks_90", "clicks_100_accent", "clicks_120", "clicks_128", "clicks_140", "clicks_174",
        "clicks_180",
    ]
    static let cadences = ["cadence_A_minor", "cadence_C_major", "cadence_Eb_major", "cadence_Fs_minor"]
    static let all = spectral + clicks + cadences

    init(_ name: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: Self.folder(name + ".json")))
    }

    static func folder(_ file: String) -> URL {
        Vectors.tests.appending(path: "Reference/features").appending(path: file)
    }
}

/// Where the shared files are.
enum Vectors {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}
