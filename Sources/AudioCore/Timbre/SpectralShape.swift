import CKernels
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
        var moments = ck_moments()
        ck_spectrum_moments(
            spectrum, groupSums.count, Self.floor, power.base, magnitude.base, groupSums.base, &moments)
        let last = measureLastBin(spectrum)
        let sum = moments.magnitude + last.squareRoot()
        var shape = SpectralShape()
        shape.flatness = flatness(moments, last: last)
        guard sum > 0 else { return shape }
        let centre = (moments.first + Float(bins - 1) * last.squareRoot()) / sum
        let distance = Float(bins - 1) - centre
        let second = ck_second_moment(magnitude.base, bins - 1, centre) + last.squareRoot() * distance * distance
        shape.centroid = Double(centre) * binWidth
        shape.bandwidth = Double(max(0, second / sum).squareRoot()) * binWidth
        shape.rolloff = Double(rolloffBin(0.85 * sum)) * binWidth
        return shape
    }

    private static let floor: Float = 1e-10

    /// Geometric over arithmetic mean of the power, from the sums over all bins but the last.
    private func flatness(_ moments: ck_moments, last: Float) -> Double {
        let (bins, raised) = (Double(bins), max(last, Self.floor))
        return exp((moments.logarithm + Double(log(raised))) / bins) * bins / Double(moments.power + raised)
    }

    /// Fills the last bin, which makes no whole group.
    private func measureLastBin(_ spectrum: UnsafePointer<Float>) -> Float {
        let (real, imaginary) = (spectrum[2 * bins - 2], spectrum[2 * bins - 1])
        let squared = real * real + imaginary * imaginary
        power[bins - 1] = squared
        magnitude[bins - 1] = squared.squareRoot()
        return squared
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
