import Foundation

/// A beat period that might be the right one.
struct TempoHypothesis: Equatable {
    /// Beat period in frames.
    var period: Double
    var bpm: Double
    /// Beats in the whole file, where its length suggested this tempo.
    var beatsInFile: Int?
}

/// Finds the beat periods worth scoring: peaks of a comb over the autocorrelation, refined over many
/// beats, their simple fractions, and what the file's length suggests.
struct TempoCandidates {
    let full: Autocorrelation
    let frameRate: Double
    /// Largest comb value on the grid.
    private(set) var strongestComb = 0.0

    init(full: Autocorrelation, frameRate: Double) {
        (self.full, self.frameRate) = (full, frameRate)
        strongestComb = max(0, Self.grid.map { comb(period: 60 * frameRate / $0) }.max() ?? 0)
    }

    /// 45 to 250 BPM in steps of half a percent.
    private static let grid = (0...Int(log(250.0 / 45) / 0.005)).map { 45 * exp(0.005 * Double($0)) }
    private static let kept = 55.0...215.0
    /// Frames that a cut loop's beats may lie beside the correlation's peaks.
    private static let drift = 1.0

    /// Mean correlation at 1, 2, 3 and 4 periods, as far as the signal reaches.
    func comb(period: Double) -> Double {
        var (sum, lags) = (0.0, 0.0)
        for multiple in 1...4 where Double(multiple) * period < full.longestLag {
            sum += full.unbiased(Double(multiple) * period)
            lags += 1
        }
        return sum / max(1, lags)
    }

    /// Some 7 to 20 of them, those from the length first.
    func hypotheses(length: LengthEvidence?) -> [TempoHypothesis] {
        let peaks = combPeaks().map { refine($0).period }
        let ratios = [1 / 2.0, 2 / 3.0, 3 / 4.0, 4 / 3.0, 3 / 2.0, 2]
        let related = peaks.prefix(4).flatMap { period in ratios.map { period / $0 } }
        var hypotheses: [TempoHypothesis] = []
        for candidate in lengthHypotheses(length) + (peaks + related).map(hypothesis)
        where isNew(candidate, to: hypotheses) {
            hypotheses.append(candidate)
        }
        return hypotheses
    }

    /// Half, double, 3/2 and 2/3 of a tempo, those that are not among `known`.
    ///
    /// Listeners disagree on just these, so they are always named.
    func family(of hypothesis: TempoHypothesis, without known: [TempoHypothesis]) -> [TempoHypothesis] {
        [2, 0.5, 1.5, 2 / 3.0].map { ratio in self.hypothesis(period: hypothesis.period / ratio) }
            .filter { isNew($0, to: known) }
    }

    private func isNew(_ candidate: TempoHypothesis, to known: [TempoHypothesis]) -> Bool {
        Self.kept.contains(candidate.bpm)
            && !known.contains { other in
                abs(candidate.bpm / other.bpm - 1) < (other.beatsInFile == nil ? 0.012 : 0.02)
            }
    }

    private func hypothesis(period: Double) -> TempoHypothesis {
        TempoHypothesis(period: period, bpm: 60 * frameRate / period)
    }

    /// The beat counts that loops have, fewest beats first, where the audio bears the length out.
    private func lengthHypotheses(_ length: LengthEvidence?) -> [TempoHypothesis] {
        guard let length, length.duration > 0, length.duration <= LengthEvidence.longest else { return [] }
        return (1...160).filter { $0 < 8 || $0 % 3 == 0 || $0 % 4 == 0 }.compactMap { beats in
            let bpm = 60 * Double(beats) / length.duration
            let period = 60 * frameRate / bpm
            guard Self.kept.contains(bpm), allows(period, beats: beats) else { return nil }
            return TempoHypothesis(period: period, bpm: bpm, beatsInFile: beats)
        }
    }

    /// Whether nothing heard speaks against a period that only the length suggests.
    ///
    /// Silence or a tail around a loop, or a cut elsewhere, suggests periods beside the true one: over
    /// the beats they drift away from the peaks of the correlation. Where there is no peak to tell,
    /// the file's end must not contradict its start.
    private func allows(_ period: Double, beats: Int) -> Bool {
        let refined = refine(period)
        guard refined.beats > 0 else { return full.wrap(period: period, beats: beats) >= 0 }
        return abs(refined.period - period) * Double(refined.beats) <= Self.drift
    }

    /// Periods at the eight highest local maxima of the comb on the grid.
    private func combPeaks() -> [Double] {
        let periods = Self.grid.map { 60 * frameRate / $0 }
        let combs = periods.map(comb)
        let peaks = combs.indices.dropFirst().dropLast().filter {
            combs[$0] > combs[$0 - 1] && combs[$0] >= combs[$0 + 1]
        }
        return peaks.sorted { combs[$0] > combs[$1] }.prefix(8).map { periods[$0] }
    }

    /// Sharpens a period on its multiples: a peak at m periods tells it m times as exactly.
    ///
    /// - Returns: the period and the largest multiple that told it; 0 where none did.
    private func refine(_ coarse: Double) -> (period: Double, beats: Int) {
        var refined = (period: coarse, beats: 0)
        var multiple = 1
        let farthest = min(8 * frameRate, 0.75 * Double(full.count))
        while Double(multiple) * refined.period <= farthest {
            let reach = min(multiple == 1 ? max(1.5, 0.02 * coarse) : 1.5, 0.2 * refined.period)
            if let lag = peak(near: Double(multiple) * refined.period, within: reach) {
                refined = (lag / Double(multiple), multiple)
            }
            multiple *= 2
        }
        return abs(coarse / refined.period - 1) > 0.04 ? (coarse, 0) : refined
    }

    /// The highest correlation around a lag, by a parabola, if it is a clear local maximum.
    private func peak(near lag: Double, within reach: Double) -> Double? {
        let range = Int((lag - reach).rounded(.up))...max(Int((lag - reach).rounded(.up)), Int(lag + reach))
        guard let best = range.max(by: { full.unbiased(at: $0) < full.unbiased(at: $1) }), best > 0 else { return nil }
        let (left, middle, right) = (full.unbiased(at: best - 1), full.unbiased(at: best), full.unbiased(at: best + 1))
        guard middle > 0.05, middle >= left, middle >= right else { return nil }
        let curvature = left - 2 * middle + right
        return Double(best) + (curvature < 0 ? 0.5 * (left - right) / curvature : 0)
    }
}
