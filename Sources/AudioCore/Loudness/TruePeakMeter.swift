import Foundation

/// The highest level of a stream: of its samples, and between them.
///
/// Oversampled four times (twice from 96 kHz on) by a windowed sinc of 12 taps a phase; the filter is
/// symmetric, so its phases share the sums and differences of mirrored samples. Where 32 samples and
/// their neighbours times the filter's largest gain stay under the present peak, nothing is computed.
///
/// Source: ITU-R BS.1770-4, Annex 2.
struct TruePeakMeter: ~Copyable {
    /// Largest magnitude of a sample so far, full scale 1.
    private(set) var samplePeak: Float = 0
    /// Largest magnitude so far, at the samples or between them.
    private(set) var peak: Float = 0

    private let channels: Int
    private let gain: Float
    private let interpolator: PeakInterpolator
    /// For each channel: its last samples, and room for the samples that follow them.
    private let edges: AlignedBuffer
    /// Lane by lane, the largest magnitudes of each stretch of a block.
    private let largest: AlignedBuffer

    private static let context = PeakInterpolator.context
    private static let stretch = PeakInterpolator.stretch
    private static let edge = 48

    init(sampleRate: Double, channels: Int, largestBlock: Int) {
        self.channels = channels
        interpolator = PeakInterpolator(isFourfold: sampleRate < 96_000)
        // A little more than the exact bound, for the rounding of the sums themselves.
        gain = 1.0001 * interpolator.gain
        edges = AlignedBuffer(count: channels * Self.edge)
        largest = AlignedBuffer(count: (largestBlock / Self.stretch + 1) * 8)
    }

    /// - Parameters:
    ///   - planar: the channels of one block, `stride` samples apart.
    ///   - count: frames; a multiple of 32 for every block but the last.
    mutating func push(_ planar: UnsafePointer<Float>, stride: Int, count: Int) {
        guard count > 0 else { return }
        for channel in 0..<channels {
            measure(planar + channel * stride, after: edges.base + channel * Self.edge, count: count)
        }
    }

    /// Lets the last samples ring out.
    mutating func finish() {
        let silence = AlignedBuffer(count: channels * Self.stretch)
        push(silence.base, stride: Self.stretch, count: Self.stretch)
    }

    private mutating func measure(
        _ samples: UnsafePointer<Float>, after edge: UnsafeMutablePointer<Float>, count: Int
    ) {
        let stretches = count / Self.stretch
        let loudest = findLargest(samples, stretches: stretches)
        samplePeak = max(samplePeak, loudest)
        peak = max(peak, loudest)
        measure(edge, followedBy: samples, count: min(count, Self.stretch))
        // As long as the loudest stretch cannot exceed the peak, no other can.
        if loudest * gain > peak { interpolate(samples, stretches: stretches) }
        if count > Self.stretch {
            let rest = stretches * Self.stretch
            edge.update(from: samples + rest - Self.context, count: Self.context)
            if rest < count { measure(edge, followedBy: samples + rest, count: count - rest) }
        }
    }

    /// Fills `largest`; the sum of work of most blocks.
    ///
    /// - Returns: the largest magnitude of the whole stretches.
    private func findLargest(_ samples: UnsafePointer<Float>, stretches: Int) -> Float {
        var all = Lanes(repeating: 0)
        for index in 0..<stretches {
            let stretch = samples + index * Self.stretch
            var lanes = stretch.lanes(0).magnitudes
            for part in 1..<Self.stretch / 8 { lanes = lanes.larger(stretch.lanes(8 * part).magnitudes) }
            largest.base.setLanes(8 * index, lanes)
            all = all.larger(lanes)
        }
        return all.greatest
    }

    /// All stretches but the first, which begins in the block before.
    private mutating func interpolate(_ samples: UnsafePointer<Float>, stretches: Int) {
        for index in 1..<max(1, stretches) {
            // A value lies among the samples of its stretch and the eleven before it.
            let around = largest.base.lanes(8 * index - 8).larger(largest.base.lanes(8 * index))
            if around.greatest * gain > peak {
                peak = max(peak, interpolator.largest(samples + index * Self.stretch - Self.context))
            }
        }
    }

    /// The values between the last samples of before and at most one stretch of new ones; keeps the last again.
    private mutating func measure(
        _ edge: UnsafeMutablePointer<Float>, followedBy samples: UnsafePointer<Float>, count: Int
    ) {
        let end = edge + Self.context
        end.update(from: samples, count: count)
        (end + count).update(repeating: 0, count: Self.edge - Self.context - count)
        for index in 0..<count { samplePeak = max(samplePeak, samples[index].magnitude) }
        peak = max(peak, samplePeak)
        var around: Float = 0
        for index in 0..<Self.edge { around = max(around, edge[index].magnitude) }
        if around * gain > peak { peak = max(peak, interpolator.largest(edge)) }
        edge.update(from: edge + count, count: Self.context)
    }
}
