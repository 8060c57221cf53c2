import AudioCore
import Foundation
import SampleLibrary

/// How a model is asked what a sound is like: numbers and words of ours.
///
/// Nothing that a user wrote is in it, neither the file's name nor what the file says about itself: what is not there
/// cannot give the model orders. Nor is the sound, nor who it belongs to.
struct VibePrompt {
    static let outputTokens = 1024

    let first: TextPrompt
    /// For a model that could not answer the first one as it should.
    let simpler: TextPrompt

    init(_ features: AudioFeatures, model: String) {
        let text = SoundFacts(features).text
        first = TextPrompt(
            model: model, instructions: Self.instructions, text: text, schema: Self.schema,
            maxOutputTokens: Self.outputTokens)
        simpler = TextPrompt(
            model: model, instructions: Self.simpleInstructions, text: text, maxOutputTokens: Self.outputTokens)
    }

    /// More than both can take.
    var mostInputTokens: Int { first.mostInputTokens + simpler.mostInputTokens + 1024 }
    var mostOutputTokens: Int { first.maxOutputTokens + simpler.maxOutputTokens }

    private static let instructions = """
        You describe sounds for a musician's sample library. You are given what was measured of one sound, as JSON. \
        Answer with one JSON object and nothing else, no Markdown:
        "vibe": one or two sentences on its mood and use, at most 200 characters, in English;
        "genre": the genre it suits best, at most 40 characters, or null if none stands out;
        "tags": 3 to 8 tags of one or two words each, in lower case, that a musician would search for.
        Say only what follows from the measurements.
        """

    private static let simpleInstructions = """
        Describe this sound, of which the measurements are given. Answer with JSON of exactly this form, and nothing else:
        {"vibe": "A short sentence.", "genre": "techno", "tags": ["dark", "loop"]}
        """

    private static let schema = JSONSchema.object([
        "vibe": .string("one or two sentences, at most 200 characters"),
        "genre": .optionalString("at most 40 characters"),
        "tags": .list(of: .string("one or two words in lower case"), "3 to 8 tags"),
    ])
}

/// What a model is told of a sound.
private struct SoundFacts: Encodable {
    let kind: String
    let role: String?
    let seconds: Double
    let tempo: Double?
    let key: String?
    let note: String?
    let loudness: Double?
    let loudnessRange: Double?
    let peak: Double?
    let brightness: Double
    let noisiness: Double
    let heldShare: Double?
    let onsetsPerSecond: Double?
    let rules: [String]

    /// - Parameter features: borrowed, for the optimizer of Swift 6.3 fails on an owned one.
    init(_ features: borrowing AudioFeatures) {
        let timbre = features.timbre
        (kind, role) = (features.kind.rawValue, features.role?.role.rawValue)
        (seconds, tempo) = (Self.short(features.duration), features.bpm.map(Self.short))
        key = features.key.map { "\($0.tonic.rawValue) \($0.scale.rawValue)" }
        note = features.tonality.pitch?.pitchClass.rawValue
        loudness = features.loudness.integrated.map(Self.short)
        loudnessRange = features.loudness.range.map(Self.short)
        peak = features.loudness.truePeak.map(Self.short)
        brightness = Self.short(timbre.centroid.mean)
        (noisiness, heldShare) = (Self.short(timbre.flatness.mean), timbre.harmonicRatio.map(Self.short))
        onsetsPerSecond =
            features.duration > 0
            ? Self.short(Double(features.rhythm.onsets.count) / features.duration) : nil
        rules = SoundDescription(copy features).tags
    }

    private enum CodingKeys: String, CodingKey {
        case kind, role, seconds, key, note
        case tempo = "tempo_bpm"
        case loudness = "loudness_lufs"
        case loudnessRange = "loudness_range_lu"
        case peak = "true_peak_dbtp"
        case brightness = "spectral_centroid_hz"
        case noisiness = "spectral_flatness"
        case heldShare = "harmonic_share"
        case onsetsPerSecond = "onsets_per_second"
        case rules = "tags_by_rules"
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private static func short(_ value: Double) -> Double { value.isFinite ? (value * 100).rounded() / 100 : 0 }
}
