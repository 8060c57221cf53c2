extension Tempo {
    /// Writes the keys of a tempo, null where there is none.
    static func encode(_ tempo: Tempo?, into container: inout FeatureContainer.Encoding) throws {
        try container.encode(tempo?.bpm, forKey: "bpm")
        try container.encode(tempo?.confidence, forKey: "bpm_confidence")
        try container.encode(tempo?.agreement, forKey: "bpm_agreement")
        try container.encode(tempo?.candidates ?? [], forKey: "bpm_candidates")
    }

    static func decode(from container: FeatureContainer.Decoding) throws -> Tempo? {
        guard let bpm = try container.decodeIfPresent(Double.self, forKey: "bpm") else { return nil }
        return try Tempo(
            bpm: bpm, confidence: container.decodeIfPresent(Double.self, forKey: "bpm_confidence") ?? 0,
            candidates: container.decodeIfPresent([TempoCandidate].self, forKey: "bpm_candidates") ?? [],
            agreement: container.decodeIfPresent(Double.self, forKey: "bpm_agreement") ?? 1)
    }

    /// As it is reported: tempos with three decimals, the rest with six digits.
    var rounded: Tempo {
        Tempo(
            bpm: bpm.rounded(decimals: 3), confidence: confidence.rounded(digits: 6),
            candidates: candidates.map {
                TempoCandidate(bpm: $0.bpm.rounded(decimals: 3), probability: $0.probability.rounded(digits: 6))
            }, agreement: agreement.rounded(digits: 6))
    }
}
