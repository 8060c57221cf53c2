import Foundation

/// How much each frame sounds like each of the 24 major and minor triads.
///
/// Chroma, smoothed over 5 frames, is compared with the triads, the bass with their roots; a softmax
/// makes 24 shares of it. 0…11 are the major triads from C on, 12…23 the minor ones.
struct ChordPosteriors {
    /// 24 shares and eight zeros a frame.
    let frames: [Shares]

    typealias Shares = SIMD32<Float>

    init(_ chroma: ChromaFrames) {
        let full = Self.smooth(chroma.full)
        let bass = Self.smooth(chroma.bass)
        frames = zip(full, bass).map(Self.posterior)
    }

    /// Moving mean over 5 frames of unit vectors; beyond the ends there are zeros.
    private static func smooth(_ frames: [ChromaFrames.Chroma]) -> [ChromaFrames.Chroma] {
        let unit = frames.map { frame in
            let length = (frame * frame).sum().squareRoot()
            return length > 0 ? frame / length : frame
        }
        let divisor = Float(min(5, frames.count))
        return unit.indices.map { index in
            unit[max(0, index - 2)..<min(unit.count, index + 3)].reduce(.zero, +) / divisor
        }
    }

    private static func posterior(_ full: ChromaFrames.Chroma, _ bass: ChromaFrames.Chroma) -> Shares {
        var (scores, best) = (Shares(), -Float.infinity)
        for chord in 0..<24 {
            let root = chord % 12
            let third = full[(root + (chord < 12 ? 4 : 3)) % 12]
            let triad = full[root] + third + full[(root + 7) % 12]
            scores[chord] = triad / Float(3).squareRoot() + 0.25 * bass[root]
            best = max(best, scores[chord])
        }
        var (shares, sum) = (Shares(), Float(0))
        for chord in 0..<24 {
            shares[chord] = exp(12 * (scores[chord] - best))
            sum += shares[chord]
        }
        return shares / sum
    }
}
