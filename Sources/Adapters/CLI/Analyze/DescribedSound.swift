import AudioCore
import SampleLibrary

/// The record of a file with its description by rules, as the server gives it.
struct DescribedSound: Encodable {
    let features: AudioFeatures

    private enum CodingKeys: String, CodingKey {
        case description = "ai_analysis"
    }

    private struct Words: Encodable {
        let vibe: String
        let genre: String?
        let tags: [String]
        let source: VibeAnalysis.Source

        private enum CodingKeys: String, CodingKey {
            case vibe, genre, tags, source
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(vibe, forKey: .vibe)
            // "There is none" is an answer.
            try container.encode(genre, forKey: .genre)
            try container.encode(tags, forKey: .tags)
            try container.encode(source, forKey: .source)
        }
    }

    func encode(to encoder: any Encoder) throws {
        try features.encode(to: encoder)
        let words = VibeAnalysis(features)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(
            Words(vibe: words.vibe, genre: words.genre, tags: words.tags, source: words.source), forKey: .description)
    }
}
