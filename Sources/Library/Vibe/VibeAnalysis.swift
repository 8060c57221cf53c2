import AudioCore
import StrictJSON

/// What a sample sounds like, in words: by a language model, or by rules from its features.
public struct VibeAnalysis: Codable, Equatable, Sendable {
    public enum Source: String, Codable, Sendable, CaseIterable {
        /// A language model has answered.
        case model
        /// Rules: nobody asked a model, or there was no answer.
        case features
    }

    /// Why a model that was asked for has not answered.
    public enum Shortfall: String, Codable, Sendable, CaseIterable {
        /// The service has none.
        case noModel = "no_model"
        /// The account's plan is without AI.
        case plan
        /// The prompts of the day, or the money of the month, are used up.
        case quota
        /// It did not answer, or not in time, or with what is no answer.
        case unavailable
        /// An earlier try, which was broken off, may have asked it: it is not asked, and paid for, twice.
        case interrupted
    }

    /// One to three sentences.
    public let vibe: String
    /// Of a model, or from the file's own tags; at most ``longestGenre`` characters.
    public let genre: String?
    /// In small letters, at most ``mostTags``.
    public let tags: [String]
    public let source: Source
    /// The model's name, as the provider knows it.
    public let model: String?
    /// What the model cost, in millionths of a US dollar; also where its answer was of no use.
    public let costMicroUSD: Int
    public let shortfall: Shortfall?

    public static let longestVibe = 400
    public static let longestGenre = 40
    public static let longestTag = 32
    public static let mostTags = 12

    /// - Parameter words: as ``VibeWords`` has found them good.
    public init(_ words: VibeWords, by model: String, costMicroUSD: Int) {
        (vibe, genre, tags) = (words.vibe, words.genre, words.tags)
        (source, self.model, self.costMicroUSD, shortfall) = (.model, model, costMicroUSD, nil)
    }

    /// By rules, from the features alone: see ``SoundDescription``.
    ///
    /// - Parameters:
    ///   - shortfall: where a model was asked for.
    ///   - costMicroUSD: what its useless answers cost.
    public init(_ features: AudioFeatures, insteadOf shortfall: Shortfall? = nil, costMicroUSD: Int = 0) {
        let description = SoundDescription(features)
        (vibe, tags, genre) = (
            description.sentence, description.tags, features.metadata?.genre.flatMap(VibeWords.genre)
        )
        (source, model, self.costMicroUSD, self.shortfall) = (.features, nil, costMicroUSD, shortfall)
    }

    /// As it was encoded. Nil for what only a newer release can read.
    init?(kept text: String) {
        guard let kept = JSONObject(reading: Array(text.utf8), within: .stored) else { return nil }
        self.init(kept)
    }

    public init(from decoder: any Decoder) throws {
        guard case .object(let kept) = try JSONValue(from: decoder), let analysis = VibeAnalysis(kept) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no description of a sound"))
        }
        self = analysis
    }

    /// By hand, as a page reads many: what is synthesized takes six times as long.
    private init?(_ kept: JSONObject) {
        guard let vibe = kept["vibe"]?.string, case .array(let tags)? = kept["tags"],
            let source = kept["source"]?.string.flatMap(Source.init), let cost = kept["costMicroUSD"]?.integer,
            let costMicroUSD = Int(exactly: cost)
        else { return nil }
        (self.vibe, self.tags, self.source, self.costMicroUSD) = (vibe, tags.compactMap(\.string), source, costMicroUSD)
        (genre, model) = (kept["genre"]?.string, kept["model"]?.string)
        let reason = kept["shortfall"]?.string
        shortfall = reason.flatMap(Shortfall.init)
        guard self.tags.count == tags.count, (reason == nil) == (shortfall == nil) else { return nil }
    }

    /// Where nobody asked a model, rules say all.
    var wasAskedFor: Bool { source == .model || shortfall != nil }

    /// What is to be said when the sound was analysed again.
    func after(_ features: AudioFeatures) -> VibeAnalysis {
        guard source == .features else { return self }
        return VibeAnalysis(features, insteadOf: shortfall, costMicroUSD: costMicroUSD)
    }
}

extension AnalyzedSample {
    /// What it sounds like: as it was asked for, and by rules where it was not.
    public var described: VibeAnalysis { vibe ?? VibeAnalysis(features) }
}
