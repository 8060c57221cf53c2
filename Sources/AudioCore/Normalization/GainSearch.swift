/// What is going to be done to every frame.
struct GainPlan: Equatable {
    /// dB.
    var gain: Double
    /// Of the limiter, dBTP; `nil` where it is not needed.
    var ceiling: Double?
}

/// A plan, and what comes of it.
struct PlannedLevel {
    let plan: GainPlan
    let after: Normalization.Level
    let reduction: Double
}

/// Finds the gain that makes a sound as loud as it shall be.
///
/// Without a limiter this is arithmetic. With one, loudness grows less than the gain: the sound is limited and
/// measured, and the gain adjusted by how loudness followed it so far, until it is right to 0.04 LU.
struct GainSearch {
    let target: LoudnessNormalizer.Target
    /// dBTP.
    let ceiling: Double
    let limits: Bool

    /// What dither and rounding to 16 bits may add.
    static let margin = 0.005
    /// dB by which the limiter begins under the ceiling, as it keeps it to about as much.
    private static let lower = 0.02
    private static let closeEnough = 0.04
    private static let mostPasses = 10

    /// - Parameter measure: limits the sound and measures it.
    func find(
        _ before: SoundLevel, measure: (GainPlan) throws -> (level: SoundLevel, reduction: Double)
    ) throws -> PlannedLevel {
        guard let peak = before.peakLevel else { throw NormalizationError.silent }
        let room = ceiling - Self.margin - peak
        switch target {
        case .peak(let level): return plain(level - Self.margin - peak, before)
        case .loudness(let target):
            guard let wanted = before.gain(to: target) else {
                throw before.blocks.isEmpty ? NormalizationError.tooShort : .tooQuiet
            }
            if wanted <= room || !limits { return plain(min(wanted, room), before) }
            let most = room + LoudnessNormalizer.mostReduction - Self.lower
            return try limited(target, from: wanted, most: most, measure)
        }
    }

    private func plain(_ gain: Double, _ before: SoundLevel) -> PlannedLevel {
        PlannedLevel(plan: GainPlan(gain: gain), after: .init(before, gain: gain), reduction: 0)
    }

    private func limited(
        _ target: Double, from wanted: Double, most: Double,
        _ measure: (GainPlan) throws -> (level: SoundLevel, reduction: Double)
    ) throws -> PlannedLevel {
        var plan = GainPlan(gain: min(wanted, most), ceiling: ceiling - Self.lower)
        var best: PlannedLevel?
        var before: (gain: Double, loudness: Double)?
        for pass in 1...Self.mostPasses {
            let (level, reduction) = try measure(plan)
            let after = Normalization.Level(level)
            let loudness = after.loudness ?? target
            if let excess = after.truePeak.map({ $0 - ceiling + Self.margin }), excess > 0, pass < Self.mostPasses {
                plan.ceiling = (plan.ceiling ?? ceiling) - excess - 0.005
                continue
            }
            let error = target - loudness
            if abs(error) < abs(target - (best?.after.loudness ?? -.infinity)) {
                best = PlannedLevel(plan: plan, after: after, reduction: reduction)
            }
            if abs(error) <= Self.closeEnough || (error > 0 && plan.gain >= most) { break }
            // How much of the last change of gain was heard; at first a guess.
            let slope = before.map { (loudness - $0.loudness) / (plan.gain - $0.gain) } ?? 0.8
            before = (plan.gain, loudness)
            plan.gain = min(most, plan.gain + error / min(max(slope.isFinite ? slope : 0.8, 0.15), 1))
        }
        guard let best else { throw NormalizationError.tooQuiet }
        return best
    }
}
