import Foundation

/// Finds the peaks of one spectrum that may be parts of notes.
///
/// A peak is a local maximum between 32 and 5,000 Hz, refined by the parabola through its logarithm and
/// those of its neighbours, over a thousandth of the loudest of the file and over 1.5 times the mean half
/// an octave to both sides.
struct PitchPeakFinder: ~Copyable {
    /// Largest magnitude of any spectrum so far.
    private(set) var largest: Float = 0

    private let bins: Int
    private let peakBins: Range<Int>
    /// What the pitch of bin 1 is: bin b is 12·log₂ b above.
    private let lowestPitch: Float
    private let magnitude: AlignedBuffer
    private var sums: [Double]
    private let surroundings: [(low: Int, high: Int, share: Float)]
    private var candidates: PeakCandidates

    private static let mostPeaks = 60

    /// - Parameter mostBins: of the spectrum; of them the ones up to 5,200 Hz are used.
    init(binWidth: Double, mostBins: Int) {
        bins = min(mostBins, Int(5200 / binWidth) + 1)
        let first = Int((32 / binWidth).rounded(.up))
        peakBins = first..<max(first, min(bins - 1, Int(5000 / binWidth)))
        lowestPitch = Float(69 + 12 * log2(binWidth / 440))
        magnitude = AlignedBuffer(count: bins + 8)
        sums = Array(repeating: 0, count: (bins + 3) / 4 * 4 + 1)
        surroundings = Self.surroundings(bins: bins)
        candidates = PeakCandidates(most: bins + 16)
    }

    /// Half an octave to both sides of each bin, the upper end exclusive.
    private static func surroundings(bins: Int) -> [(low: Int, high: Int, share: Float)] {
        let ratio = 2.0.squareRoot()
        return (0..<bins).map { bin in
            let (low, high) = (Int(Double(bin) / ratio), min(bins, Int(Double(bin) * ratio) + 1))
            return (low: low, high: high, share: 1 / Float(high - low))
        }
    }

    /// Appends the highest 60 peaks of a spectrum as a frame.
    ///
    /// - Parameter scale: makes a sine of amplitude 1 a magnitude of 1.
    mutating func find(in spectrum: UnsafePointer<Float>, scale: Float, into peaks: inout PitchPeaks) {
        magnitudes(of: spectrum, into: magnitude.base, bins: bins, scale: scale)
        takeSums()
        peaks.beginFrame()
        // The final gate is a thousandth of the loudest of the file: what fails now fails then.
        guard largest > 0 else { return }
        collect(gate: 1e-3 * largest)
        candidates.refine(gate: 1e-3 * largest)
        candidates.keepHighest(Self.mostPeaks)
        candidates.append(to: &peaks, lowestPitch: lowestPitch)
    }

    /// Running sums of the magnitudes, and the largest.
    private mutating func takeSums() {
        var (sum, peak) = (0.0, Lanes(repeating: largest))
        // Bins past the end, up to a whole vector, belong to the spectrum too: no sum reads them.
        for bin in stride(from: 0, to: bins, by: 4) {
            let (a, b) = (Double(magnitude.base[bin]), Double(magnitude.base[bin + 1]))
            let (c, d) = (Double(magnitude.base[bin + 2]), Double(magnitude.base[bin + 3]))
            // Pairs first: only one addition of four waits for the one before.
            sums[bin + 1] = sum + a
            sums[bin + 2] = sum + (a + b)
            sums[bin + 3] = sum + (a + b + c)
            sum += (a + b) + (c + d)
            sums[bin + 4] = sum
        }
        for bin in stride(from: 0, to: bins, by: 8) { peak = peak.larger(magnitude.base.lanes(bin)) }
        largest = peak.greatest
    }

    /// Local maxima that refining may lift over the gate.
    private mutating func collect(gate: Float) {
        candidates.removeAll()
        for group in stride(from: peakBins.lowerBound, to: peakBins.upperBound, by: 8) {
            let here = magnitude.base.lanes(group)
            let (left, right) = (magnitude.base.lanes(group - 1), magnitude.base.lanes(group + 1))
            let isPeak = (here .> left) .& (here .>= right) .& (PeakCandidates.mostGain * here .> gate)
            var flags = Self.bits.replacing(with: 0, where: .!isPeak).wrappedSum()
            // The last group may reach beyond the last bin.
            if peakBins.upperBound - group < 8 { flags &= 1 << Int32(peakBins.upperBound - group) - 1 }
            while flags != 0 {
                let bin = group + flags.trailingZeroBitCount
                flags &= flags - 1
                let (low, high, share) = surroundings[bin]
                candidates.append(bin: bin, of: magnitude.base, level: Float(sums[high] - sums[low]) * share)
            }
        }
    }

    private static let bits = SIMD8<Int32>(1, 2, 4, 8, 16, 32, 64, 128)
}
