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

    /// `nil` for drones, single hits, speech, noise, silence and anything shorter than 8 frames.
    ///
    /// - Parameter onsets: seconds, ascending.
    func estimate(onsets: [Double]) -> Tempo? {
        guard let ranking = rank(), presence(ranking, onsets: onsets).score >= 0 else { return nil }
        return Tempo(
            bpm: ranking.candidates[0].bpm,
            confidence: TempoScore.confidence(probability: ranking.candidates[0].probability),
            candidates: ranking.candidates, agreement: 1)
    }

    /// The best tempo even where there may be none.
    func best() -> TempoCandidate? { rank()?.candidates.first }

    private struct Ranking {
        var candidates: [TempoCandidate]
        /// The best of them.
        var best: TempoHypothesis
        /// Largest comb value on the grid.
        var strongestComb: Double
    }

    private func rank() -> Ranking? {
        guard envelopes.count >= 8 else { return nil }
        let full = Autocorrelation(envelopes.full)
        guard !full.isEmpty else { return nil }
        let candidates = TempoCandidates(full: full, frameRate: envelopes.frameRate)
        let score = TempoScore(full: full, high: Autocorrelation(envelopes.high), length: length)
        let scored = { (hypothesis: TempoHypothesis) in
            (hypothesis, score.score(hypothesis, comb: candidates.comb(period: hypothesis.period)))
        }
        var ranked = candidates.hypotheses(length: length).map(scored).sorted { $0.1 > $1.1 }
        guard let first = ranked.first?.0 else { return nil }
        ranked += candidates.family(of: first, without: ranked.map(\.0)).map(scored)
        ranked.sort { $0.1 > $1.1 }
        let weights = ranked.map { exp($0.1 - ranked[0].1) }
        let sum = weights.reduce(0, +)
        return Ranking(
            candidates: zip(ranked, weights).map { TempoCandidate(bpm: $0.0.bpm, probability: $1 / sum) },
            best: ranked[0].0, strongestComb: candidates.strongestComb)
    }

    private func presence(_ ranking: Ranking, onsets: [Double]) -> TempoPresence {
        TempoPresence(
            strongestComb: ranking.strongestComb,
            regularity: TempoPresence.regularity(of: onsets, period: 60 / ranking.best.bpm),
            stretches: TempoPresence.stretches(onsets),
            loopness: TempoPresence.loopness(length, beats: ranking.best.beatsInFile))
    }
}
