extension Rhythm {
    func encode(into container: inout FeatureContainer.Encoding) throws {
        try container.encode(tempo?.bpm, forKey: "bpm")
        try container.encode(tempo?.confidence, forKey: "bpm_confidence")
        try container.encode(tempo?.agreement, forKey: "bpm_agreement")
        try container.encode(tempo?.candidates ?? [], forKey: "bpm_candidates")
        try container.encode(beats, forKey: "beats")
        try container.encode(onsets, forKey: "onsets")
    }

    init(from container: FeatureContainer.Decoding) throws {
        try self.init(
            tempo: Tempo(from: container), onsets: container.decodeIfPresent([Double].self, forKey: "onsets") ?? [],
            beats: container.decodeIfPresent([Double].self, forKey: "beats") ?? [])
    }

    /// As it is reported: tempos and times with three decimals, the rest with six digits.
    var rounded: Rhythm {
        Rhythm(
            tempo: tempo?.rounded, onsets: onsets.map { $0.rounded(decimals: 3) },
            beats: beats.map { $0.rounded(decimals: 3) })
    }
}

extension Tempo {
    fileprivate init?(from container: FeatureContainer.Decoding) throws {
        guard let bpm = try container.decodeIfPresent(Double.self, forKey: "bpm") else { return nil }
        try self.init(
            bpm: bpm, confidence: container.decodeIfPresent(Double.self, forKey: "bpm_confidence") ?? 0,
            candidates: container.decodeIfPresent([TempoCandidate].self, forKey: "bpm_candidates") ?? [],
            agreement: container.decodeIfPresent(Double.self, forKey: "bpm_agreement") ?? 1)
    }

    fileprivate var rounded: Tempo {
        Tempo(
            bpm: bpm.rounded(decimals: 3), confidence: confidence.rounded(digits: 6),
            candidates: candidates.map {
                TempoCandidate(bpm: $0.bpm.rounded(decimals: 3), probability: $0.probability.rounded(digits: 6))
            }, agreement: agreement.rounded(digits: 6))
    }
}
