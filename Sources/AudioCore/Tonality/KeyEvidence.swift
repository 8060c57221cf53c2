import Foundation

/// Whether a piece has a key at all, told from its pitches and its likeliest key.
struct KeyEvidence {
    /// How strictly it keeps to twelve notes, in the logarithm of ``Tuning/significance``.
    let strictness: Double
    /// The weakest note of the tonic triad, as a part of the strongest pitch class; at most ½ counts.
    let triad: Double
    /// How far more than 0.4 of the piece is overtones of one pitch class.
    let singlePitch: Double
    /// Minor second, tritone and the third of the other scale, as a part of the strongest pitch class.
    let foreign: Double
    /// How far the fifth stands over its neighbours, which symmetric chords have instead; at most 0.3 counts.
    let fifth: Double

    /// - Parameter key: the best one.
    init(_ blocks: KeyBlocks, key: Key, tuning: Tuning, singlePitch: Double) {
        let largest = blocks.chroma.max() ?? 1
        func part(_ semitones: Int) -> Double { blocks.chroma[(key.semitones + semitones) % 12] / largest }
        let (third, otherThird) = key.scale == .major ? (4, 3) : (3, 4)
        strictness = log(tuning.significance + 0.05)
        triad = min(part(0), part(third), part(7), 0.5)
        self.singlePitch = max(0, singlePitch - 0.4)
        foreign = part(1) + part(6) + part(otherThird)
        fifth = min(part(7) - max(part(6), part(8)), 0.3)
    }

    /// How likely the piece has a key, 0…1.
    var probability: Double {
        let weights = KeyModel.tonal
        let sum =
            weights.strictness * strictness + weights.triad * triad + weights.singlePitch * singlePitch
            + weights.foreign * foreign + weights.fifth * fifth + weights.bias
        return 1 / (1 + exp(-sum))
    }
}
