import CKernels
import Foundation

/// How much the spectrum rose, frame by frame: over all bands, and over the bands from 2 kHz up.
///
/// The mean rise of 128 mel bands in dB. A hat that the kick drum hides in `full` shows in `high`.
struct OnsetEnvelopes: Equatable, Sendable {
    var full: [Float]
    var high: [Float]
    /// Frames per second.
    var frameRate: Double

    var count: Int { full.count }

    /// The frames of a stretch of time.
    func section(_ range: Range<Int>) -> OnsetEnvelopes {
        OnsetEnvelopes(full: Array(full[range]), high: Array(high[range]), frameRate: frameRate)
    }

    /// Envelopes as the tempo search wants them: sharp peaks on zero.
    ///
    /// The start is clipped (a file may begin inside a sound), the mean of the half second around is
    /// subtracted and what is below it becomes zero. An empty `high` (a rate without bands above
    /// 2 kHz, or nothing there) is replaced by `full`.
    func sharpened() -> OnsetEnvelopes {
        let full = sharpen(full)
        let high = sharpen(high)
        return OnsetEnvelopes(full: full, high: high.contains { $0 > 0 } ? high : full, frameRate: frameRate)
    }

    private func sharpen(_ values: [Float]) -> [Float] {
        let rest = values.dropFirst(3).max() ?? .infinity
        let clipped = values.prefix(3).map { min($0, rest) } + values.dropFirst(3)
        let half = Int((0.5 * frameRate).rounded()) / 2
        var sums = [0.0]
        sums.reserveCapacity(clipped.count + 1)
        for value in clipped { sums.append(sums[sums.count - 1] + Double(value)) }
        // A file shorter than the window: its plain mean. Elsewhere the edges divide by the true count.
        let reach = clipped.count < 2 * half + 1 ? clipped.count : half
        return clipped.indices.map { index in
            let (low, high) = (max(0, index - reach), min(clipped.count, index + reach + 1))
            let mean = (sums[high] - sums[low]) / Double(high - low)
            return max(0, clipped[index] - Float(mean))
        }
    }
}

/// Gathers the onset envelopes of a stream from its power spectra.
///
/// Keeps two floats a frame (0.7 kB a second at 44.1 kHz) for the first ten minutes and nothing
/// after: tempo is told from these ten minutes, memory stays bounded for hours of audio.
struct OnsetEnvelopeMeter: ~Copyable {
    private(set) var envelopes: OnsetEnvelopes
    private let mostFrames: Int
    private let previous: AlignedBuffer
    /// 1 for the bands centred at 2 kHz or above, else 0.
    private let isHigh: AlignedBuffer
    private let highBands: Float

    private static let dynamicRange: Float = 60

    /// - Parameter edges: of the mel bands, Hz.
    init(edges: [Double], frameRate: Double) {
        let high = edges.dropFirst().dropLast().map { Float($0 >= 2000 ? 1 : 0) }
        isHigh = AlignedBuffer(high)
        highBands = max(1, high.reduce(0, +))
        previous = AlignedBuffer([Float](repeating: MelSpectrum.lowest, count: high.count))
        envelopes = OnsetEnvelopes(full: [], high: [], frameRate: frameRate)
        mostFrames = Int(600 * frameRate)
    }

    /// - Parameters:
    ///   - decibels: log-mel values, one a band.
    ///   - largest: the largest of any frame so far.
    mutating func push(_ decibels: UnsafePointer<Float>, largest: Float) {
        guard envelopes.count < mostFrames else { return }
        // A floor that follows the loudest frame: the answer does not depend on the gain.
        let floor = max(largest - Self.dynamicRange, MelSpectrum.lowest)
        var (full, high): (Float, Float) = (0, 0)
        ck_rise(decibels, previous.base, isHigh.base, previous.count, floor, &full, &high)
        envelopes.full.append(full / Float(previous.count))
        envelopes.high.append(high / highBands)
    }
}
