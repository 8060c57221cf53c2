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
        let doubled = AlignedBuffer(count: 40)
        let scores = AlignedBuffer(count: 32)
        frames = zip(full, bass).map { Self.posterior($0, $1, doubled: doubled, scores: scores) }
    }

    /// Moving mean over 5 frames of unit vectors; beyond the ends there are zeros.
    private static func smooth(_ frames: [ChromaFrames.Chroma]) -> [ChromaFrames.Chroma] {
        let unit = frames.map { frame in
            let length = (frame * frame).sum().squareRoot()
            return length > 0 ? frame / length : frame
        }
        let divisor = Float(min(5, frames.count))
        return unit.indices.map { index in
            var sum = ChromaFrames.Chroma()
            for near in max(0, index - 2)..<min(unit.count, index + 3) { sum += unit[near] }
            return sum / divisor
        }
    }

    /// - Parameters:
    ///   - doubled: room for the chroma and its beginning once more, so that a rotation is a shifted read.
    ///   - scores: room for 24 scores.
    private static func posterior(
        _ full: ChromaFrames.Chroma, _ bass: ChromaFrames.Chroma, doubled: borrowing AlignedBuffer,
        scores: borrowing AlignedBuffer
    ) -> Shares {
        doubled.base.set(0, full)
        doubled.base.set(12, full)
        let rootAndFifth = full + doubled.base.sixteen(7)
        let root = 0.25 * bass
        scores.base.set(0, (rootAndFifth + doubled.base.sixteen(4)) * Float(1 / 3.0.squareRoot()) + root)
        scores.base.set(12, (rootAndFifth + doubled.base.sixteen(3)) * Float(1 / 3.0.squareRoot()) + root)
        let (a, b, c) = (scores.base.lanes(0), scores.base.lanes(8), scores.base.lanes(16))
        let best = a.larger(b).larger(c).greatest
        let (x, y, z) = ((12 * (a - best)).exponential, (12 * (b - best)).exponential, (12 * (c - best)).exponential)
        let sum = (x + y + z).sum()
        let zero = Lanes(repeating: 0)
        return Shares(lowHalf: SIMD16(lowHalf: x, highHalf: y), highHalf: SIMD16(lowHalf: z, highHalf: zero)) / sum
    }
}

extension UnsafeMutablePointer<Float> {
    /// Sixteen floats from `index` on, at any alignment.
    @inline(__always)
    fileprivate func sixteen(_ index: Int) -> SIMD16<Float> {
        UnsafeRawPointer(self + index).loadUnaligned(as: SIMD16<Float>.self)
    }

    @inline(__always)
    fileprivate func set(_ index: Int, _ value: SIMD16<Float>) {
        UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: SIMD16<Float>.self)
    }
}
