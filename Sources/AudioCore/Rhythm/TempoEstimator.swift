import Foundation

/// Tells the tempo from onset envelopes, or that there is none.
///
/// Candidates from autocorrelation and from the file's length are scored by a fitted weighted sum;
/// on files never seen in the fitting 98.6 % of loops and 54.8 % of songs came within 4 %, 100 and
/// 77.4 % up to a factor of 2 or 3. Songs at 70 to 85 BPM tend to be read at double, above 190 at
/// half: both are among the candidates. Cost: a few transforms of twice the envelope's length.
struct TempoEstimator {
    let envelopes: OnsetEnvelopes
    let length: LengthEvidence?

    /// - Parameter length: what the file's length says; `nil` for a part of a file.
    init(envelopes: OnsetEnvelopes, length: LengthEvidence?) {
        (self.envelopes, self.length) = (envelopes.sharpened(), length)
    }

    /// `nil` for drones, single hits, noise, silence and anything shorter than 8 frames.
    func estimate() -> Tempo? {
        guard let ranking = rank(), hasTempo(ranking) else { return nil }
        return Tempo(
            bpm: ranking.candidates[0].bpm,
            confidence: TempoScore.confidence(probability: ranking.candidates[0].probability),
            candidates: ranking.candidates, agreement: 1)
    }

    /// The best tempo even where there may be none.
    func best() -> TempoCandidate? { rank()?.candidates.first }

    private struct Ranking {
        var candidates: [TempoCandidate]
        /// Comb value of the best candidate, and the largest anywhere.
        var comb: Double
        var strongestComb: Double
    }

    private func rank() -> Ranking? {
        guard envelopes.count >= 8 else { return nil }
        let full = Autocorrelation(envelopes.full)
        guard !full.isEmpty else { return nil }
        let candidates = TempoCandidates(full: full, frameRate: envelopes.frameRate)
        let hypotheses = candidates.hypotheses(length: length)
        let score = TempoScore(
            full: full, high: Autocorrelation(envelopes.high), length: length,
            framesInFile: (length?.duration ?? 0) * envelopes.frameRate)
        let combs = hypotheses.map { candidates.comb(period: $0.period) }
        let scores = zip(hypotheses, combs).map { score.score($0, comb: $1) }
        guard let highest = scores.max() else { return nil }
        let weights = scores.map { exp($0 - highest) }
        let sum = weights.reduce(0, +)
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        return Ranking(
            candidates: order.map { TempoCandidate(bpm: hypotheses[$0].bpm, probability: weights[$0] / sum) },
            comb: combs[order[0]], strongestComb: candidates.strongestComb)
    }

    /// A fitted test on how many onsets there are, how strong and how regular.
    private func hasTempo(_ ranking: Ranking) -> Bool {
        let onsets = strongestOnsets()
        guard let strongest = onsets.first, strongest > 0 else { return false }
        let clear = onsets.count { $0 > 0.15 * strongest }
        let fourth = onsets.count > 3 ? onsets[3] / strongest : 0
        let sum =
            2.579 * log(1 + Double(clear)) + 2.166 * fourth + 2.168 * log(strongest + 0.001)
            + 0.585 * ranking.comb + 2.822 * min(1, ranking.strongestComb) - 11.385
        return sum >= 0
    }

    /// Heights of at most 24 local maxima, strongest first, at least 4 frames apart.
    private func strongestOnsets() -> [Double] {
        let values = envelopes.full
        let peaks = values.indices.filter { index in
            values[index] > 0 && (index == 0 || values[index] > values[index - 1])
                && (index == values.count - 1 || values[index] >= values[index + 1])
        }
        var chosen: [Int] = []
        for peak in peaks.sorted(by: { (values[$0], $1) > (values[$1], $0) }) {
            if chosen.count == 24 { break }
            if chosen.allSatisfy({ abs($0 - peak) >= 4 }) { chosen.append(peak) }
        }
        return chosen.map { Double(values[$0]) }
    }
}
