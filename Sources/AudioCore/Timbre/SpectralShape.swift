import Foundation

/// What one magnitude spectrum looks like, in four numbers.
struct SpectralShape: Equatable, Sendable {
    /// Σ f·|X| / Σ |X|, Hz; 0 without energy.
    var centroid = 0.0
    /// √(Σ |X|·(f − centroid)² / Σ |X|), Hz; 0 without energy.
    var bandwidth = 0.0
    /// Lowest frequency at which the running sum of |X| reaches 85 %, Hz; 0 without energy.
    var rolloff = 0.0
    /// Geometric over arithmetic mean of max(|X|², 1e-10): 0 for a tone, 1 for an impulse.
    var flatness = 1.0
}

/// Turns a transform into power, magnitudes and their shape.
///
/// Definitions: librosa 0.11 (`spectral_centroid`, `_bandwidth`, `_rolloff`, `_flatness`). Sums run in
/// single precision in eight lanes, far inside the tolerances of `Tests/Reference/features`.
struct SpectralShapeMeter: ~Copyable {
    let bins: Int
    let binWidth: Double
    /// |X|² and |X| of the last frame, with zeros after the last bin.
    let power: AlignedBuffer
    let magnitude: AlignedBuffer
    private let groupSums: AlignedBuffer

    /// - Parameter frameLength: a multiple of 128, so that all bins but the last fill groups of 64.
    init(frameLength: Int, sampleRate: Double) {
        bins = frameLength / 2 + 1
        binWidth = sampleRate / Double(frameLength)
        power = AlignedBuffer(count: bins + 8)
        magnitude = AlignedBuffer(count: bins + 8)
        groupSums = AlignedBuffer(count: frameLength / 128)
    }

    /// - Parameter spectrum: real and imaginary parts in turn.
    func measure(_ spectrum: UnsafePointer<Float>) -> SpectralShape {
        let moments = sum(spectrum)
        var shape = SpectralShape()
        shape.flatness = moments.flatness(bins: bins)
        guard moments.magnitude > 0 else { return shape }
        let centre = moments.firstMoment / moments.magnitude
        shape.centroid = Double(centre) * binWidth
        shape.bandwidth = Double(max(0, secondMoment(around: centre) / moments.magnitude).squareRoot()) * binWidth
        shape.rolloff = Double(rolloffBin(0.85 * moments.magnitude)) * binWidth
        return shape
    }

    private struct Moments {
        /// Σ |X|, Σ k·|X|, Σ max(|X|², 1e-10), Σ ln max(|X|², 1e-10).
        var magnitude: Float
        var firstMoment: Float
        var power: Float
        var logarithm: Double

        func flatness(bins: Int) -> Double {
            exp(logarithm / Double(bins)) * Double(bins) / Double(power)
        }
    }

    private static let floor: Float = 1e-10

    /// One pass over all bins: fills `power` and `magnitude` and gathers the sums.
    private func sum(_ spectrum: UnsafePointer<Float>) -> Moments {
        var (first, clipped) = (Lanes(repeating: 0), Lanes(repeating: 0))
        var index = Lanes(0, 1, 2, 3, 4, 5, 6, 7)
        var (exponents, logarithm) = (SIMD8<Int32>(repeating: 0), 0.0)
        var (total, product) = (Float(0), Lanes(repeating: 1))
        for group in 0..<groupSums.count {
            var sum = Lanes(repeating: 0)
            for bin in stride(from: 64 * group, to: 64 * group + 64, by: 8) {
                let pairs = UnsafeRawPointer(spectrum + 2 * bin).loadUnaligned(as: SIMD16<Float>.self)
                let squared = pairs.evenHalf * pairs.evenHalf + pairs.oddHalf * pairs.oddHalf
                let root = squared.squareRoot()
                power.base.setLanes(bin, squared)
                magnitude.base.setLanes(bin, root)
                sum += root
                first += root * index
                index += 8
                let raised = squared.larger(Lanes(repeating: Self.floor))
                clipped += raised
                // A product of mantissas and a sum of exponents instead of a logarithm a bin.
                let bits = unsafeBitCast(raised, to: SIMD8<UInt32>.self)
                exponents &+= SIMD8<Int32>(truncatingIfNeeded: bits &>> 23)
                product *= unsafeBitCast((bits & 0x007f_ffff) | 0x3f80_0000, to: Lanes.self)
            }
            let groupSum = sum.sum()
            groupSums.base[group] = groupSum
            total += groupSum
            // 64 mantissas a lane stay below 2⁶⁴.
            if group % 8 == 7 || group == groupSums.count - 1 {
                logarithm += Double(product.naturalLogarithm.sum())
                product = Lanes(repeating: 1)
            }
        }
        let last = lastBin(spectrum)
        let biasedExponents = Double(exponents.wrappedSum()) - 127 * Double(bins - 1)
        return Moments(
            magnitude: total + last.squareRoot(), firstMoment: first.sum() + Float(bins - 1) * last.squareRoot(),
            power: clipped.sum() + max(last, Self.floor),
            logarithm: logarithm + biasedExponents * 0.693_147_180_559_945_3 + Double(log(max(last, Self.floor))))
    }

    private func lastBin(_ spectrum: UnsafePointer<Float>) -> Float {
        let (real, imaginary) = (spectrum[2 * bins - 2], spectrum[2 * bins - 1])
        let squared = real * real + imaginary * imaginary
        power[bins - 1] = squared
        magnitude[bins - 1] = squared.squareRoot()
        return squared
    }

    private func secondMoment(around centre: Float) -> Float {
        var sum = Lanes(repeating: 0)
        var distance = Lanes(0, 1, 2, 3, 4, 5, 6, 7) - centre
        for bin in stride(from: 0, to: bins - 1, by: 8) {
            sum += magnitude.base.lanes(bin) * distance * distance
            distance += 8
        }
        let last = Float(bins - 1) - centre
        return sum.sum() + magnitude[bins - 1] * last * last
    }

    private func rolloffBin(_ limit: Float) -> Int {
        var (sum, group) = (Float(0), 0)
        while group < groupSums.count, sum + groupSums[group] < limit {
            sum += groupSums[group]
            group += 1
        }
        for bin in 64 * group..<bins {
            sum += magnitude[bin]
            if sum >= limit { return bin }
        }
        return bins - 1
    }
}
