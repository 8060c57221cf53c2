/// What a lossy encoder made of a level, to be made good by the next attempt.
struct LossyCorrection {
    /// dB over the ceiling.
    private var excess = 0.0
    /// LU that are missing, or too many.
    private var error = 0.0

    /// - Parameters:
    ///   - normalizer: what was asked for.
    ///   - aim: what was tried, after earlier corrections.
    init(_ normalizer: LoudnessNormalizer, _ aim: GainSearch, _ planned: PlannedLevel, heard: Normalization.Level) {
        switch (normalizer.target, aim.target) {
        case (.loudness(let target), .loudness(let tried)):
            excess = heard.truePeak.map { $0 - normalizer.ceiling } ?? 0
            // What the peaks do not allow is no fault of the encoder.
            if let before = planned.after.loudness, let after = heard.loudness, tried - before <= 0.1 {
                error = target - after
            }
        case (.peak(let level), _), (_, .peak(let level)): excess = heard.truePeak.map { $0 - level } ?? 0
        }
    }

    /// How bad it is; a ceiling that does not hold is worse than a loudness that is not quite right.
    var cost: Double { 10 * max(0, excess) + abs(error) }

    var isNone: Bool { excess <= 0 && abs(error) <= 0.06 }

    func applied(to aim: GainSearch) -> GainSearch {
        // Encoders do not follow a change of level to the last 0.05 dB.
        let lower = excess > 0 ? excess + 0.05 : 0
        switch aim.target {
        case .peak(let level):
            return GainSearch(target: .peak(level - lower), ceiling: aim.ceiling, limits: aim.limits)
        case .loudness(let level):
            return GainSearch(target: .loudness(level + error), ceiling: aim.ceiling - lower, limits: aim.limits)
        }
    }
}
