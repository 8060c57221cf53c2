extension KeyCandidate: Codable {
    private enum CodingKeys: String, CodingKey {
        case key, scale, probability, relation
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            key: Key(
                container.decode(PitchClass.self, forKey: .key), container.decode(Scale.self, forKey: .scale)),
            probability: container.decode(Double.self, forKey: .probability),
            relation: container.decodeIfPresent(KeyRelation.self, forKey: .relation))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key.tonic, forKey: .key)
        try container.encode(key.scale, forKey: .scale)
        try container.encode(probability, forKey: .probability)
        try container.encode(relation, forKey: .relation)
    }
}

extension Tonality {
    func encode(into container: inout FeatureContainer.Encoding) throws {
        try container.encode(key?.key.tonic, forKey: "key")
        try container.encode(key?.key.scale, forKey: "scale")
        try container.encode(key?.key.camelot, forKey: "camelot")
        try container.encode(key?.confidence, forKey: "key_confidence")
        try container.encode(key?.candidates ?? [], forKey: "key_candidates")
        try container.encode(pitch?.pitchClass, forKey: "pitch")
        try container.encode(pitch?.note, forKey: "pitch_note")
        try container.encode(pitch?.share, forKey: "pitch_share")
        // Semitones with three decimals are cents with one.
        let tuning = key?.tuning ?? pitch?.tuning
        try container.encode(tuning.map { ($0 * 1000).rounded() / 10 }, forKey: "tuning_cents")
    }

    init(from container: FeatureContainer.Decoding) throws {
        let cents = try container.decodeIfPresent(Double.self, forKey: "tuning_cents")
        let tuning = cents.map { ($0 * 10).rounded() / 1000 } ?? 0
        if let tonic = try container.decodeIfPresent(PitchClass.self, forKey: "key"),
            let scale = try container.decodeIfPresent(Scale.self, forKey: "scale")
        {
            key = try KeyEstimate(
                key: Key(tonic, scale),
                confidence: container.decodeIfPresent(Double.self, forKey: "key_confidence") ?? 0,
                candidates: container.decodeIfPresent([KeyCandidate].self, forKey: "key_candidates") ?? [],
                tuning: tuning)
        }
        if let pitchClass = try container.decodeIfPresent(PitchClass.self, forKey: "pitch") {
            pitch = try PitchEstimate(
                pitchClass: pitchClass, note: container.decode(Int.self, forKey: "pitch_note"),
                share: container.decode(Double.self, forKey: "pitch_share"), tuning: tuning)
        }
    }

    /// As it is reported: probabilities with six digits, tuning with three decimals, the likely keys only.
    var rounded: Tonality {
        var rounded = self
        rounded.key = key.map {
            KeyEstimate(
                key: $0.key, confidence: $0.confidence.rounded(digits: 6),
                candidates: $0.candidates.prefix(Self.reported).map {
                    KeyCandidate(key: $0.key, probability: $0.probability.rounded(digits: 6), relation: $0.relation)
                }, tuning: $0.tuning.rounded(decimals: 3))
        }
        rounded.pitch?.share = pitch?.share.rounded(digits: 6) ?? 0
        rounded.pitch?.tuning = pitch?.tuning.rounded(decimals: 3) ?? 0
        return rounded
    }

    /// Candidates that are worth reading: the right key is among the first two nineteen times of twenty.
    private static let reported = 6
}
