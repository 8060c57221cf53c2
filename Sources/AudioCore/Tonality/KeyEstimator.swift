import Foundation

/// Tells the key of a piece, or that it has none.
///
/// Every key is scored by the same weights on the piece's note and chord distributions, seen from its
/// tonic. On pieces never seen in the fitting 84 % of keys were exact (chords 94, chorales 79, composed
/// music 85, produced loops 57), and the right one was among the first two for 96 %. Relative keys are
/// the usual confusion. Cost: 5 µs a frame of 0.1 s.
struct KeyEstimator {
    /// `nil` for silence, drums, noise, glides, and a single pitch, which has a note but no key.
    func estimate(_ meter: borrowing PitchPeakMeter) -> KeyEstimate? {
        let frames = ChromaFrames(meter)
        guard let blocks = KeyBlocks(frames) else { return nil }
        // No tonal clip of the tuning material has more than 0.65 on one pitch class.
        guard let share = blocks.chroma.max(), share <= 0.66 else { return nil }
        let evidence =
            KeyModel.tonal.strictness * frames.tuning.strictness
            + KeyModel.tonal.entropy * blocks.chromaEntropy + KeyModel.tonal.bias
        let tonal = logistic(evidence)
        guard tonal >= 0.5 else { return nil }
        let ranking = rank(blocks)
        let lead = ranking[0].score - ranking[1].score
        let confidence = tonal * logistic(KeyModel.lead.slope * lead + KeyModel.lead.bias)
        return KeyEstimate(
            key: ranking[0].key, confidence: confidence, candidates: ranking.map(\.key),
            tuning: frames.tuning.offset)
    }

    private func rank(_ blocks: KeyBlocks) -> [(key: Key, score: Double)] {
        let features = blocks.all.map(Self.flatten)
        let scores = PitchClass.allCases.enumerated().flatMap { tonic, name in
            let rotated = features.flatMap { Self.rotate($0, by: tonic) }
            return Scale.allCases.map { scale in
                let weights = scale == .major ? KeyModel.major : KeyModel.minor
                let sum = zip(weights, rotated).reduce(0) { $0 + $1.0 * $1.1 }
                return (key: Key(name, scale), score: sum + (scale == .major ? KeyModel.majorBias : 0))
            }
        }
        return scores.sorted { $0.score > $1.score }
    }

    /// To the power 0.7, then to unit length: one loud note does not decide alone.
    private static func flatten(_ block: [Double]) -> [Double] {
        let powers = block.map { pow($0, 0.7) }
        let length = powers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? powers.map { $0 / length } : powers
    }

    /// Puts the tonic first in every twelve.
    private static func rotate(_ block: [Double], by tonic: Int) -> [Double] {
        block.indices.map { block[$0 / 12 * 12 + ($0 % 12 + tonic) % 12] }
    }

    private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
