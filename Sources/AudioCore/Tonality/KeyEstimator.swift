import Foundation

/// Tells the key of a piece, or the note of a single pitch, or that it has neither.
///
/// Every key is scored by the same weights on the piece's note and chord distributions, seen from its
/// tonic. On pieces never seen in the fitting 84 % of keys were exact (chords 94, chorales 79, composed
/// music 85, produced loops 57), and the right one was among the first two for 96 %. Relative keys are
/// the usual confusion. Whether there is a key at all is ``KeyEvidence``. Cost: 5 µs a frame of 0.1 s.
struct KeyEstimator {
    /// Share of a single pitch over which there is a note and no key, whatever speaks for one.
    private static let nothingElse = 0.9
    /// Share of a single pitch over which it is named where there is no key: of 240 single notes of both
    /// halves 92 % have more, all of them named rightly; so have tuned kicks, toms and cowbells.
    private static let clear = 0.7

    /// A key, or the note of a single pitch, or neither.
    func estimate(_ meter: borrowing PitchPeakMeter) -> Tonality {
        let frames = ChromaFrames(meter)
        guard let blocks = KeyBlocks(frames) else { return .none }
        let tuning = frames.tuning
        let single = SinglePitch(meter.peaks, tuning: tuning.offset, gate: meter.gate)
        let candidates = rank(blocks)
        let best = candidates[0]
        let tonal = KeyEvidence(blocks, key: best.key, tuning: tuning, singlePitch: single.share).probability
        if tonal >= KeyModel.leastTonal, single.share <= Self.nothingElse {
            let confidence = tonal * best.probability
            return Tonality(
                key: KeyEstimate(
                    key: best.key, confidence: confidence, candidates: candidates, tuning: tuning.offset))
        }
        guard single.share > Self.clear else { return .none }
        return Tonality(
            pitch: PitchEstimate(
                pitchClass: PitchClass.allCases[single.note % 12], note: single.note, share: single.share,
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
