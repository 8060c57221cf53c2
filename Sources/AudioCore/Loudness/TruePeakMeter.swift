import Foundation

/// The highest level between the samples of a stream.
///
/// Oversampled four times (twice from 96 kHz on) by a windowed sinc of 12 taps a phase; the filter is
/// symmetric, so its phases share the sums and differences of mirrored samples. Where 32 samples and
/// their neighbours times the filter's largest gain stay under the present peak, nothing is computed.
///
/// Source: ITU-R BS.1770-4, Annex 2.
struct TruePeakMeter: ~Copyable {
    /// Largest magnitude so far, full scale 1.
    private(set) var peak: Float = 0

    private let buffers: AlignedBuffer
    private let stride: Int
    private let channels: Int
    /// Taps of the phase at ½ and, oversampled four times, the mirrored halves of the phase at ¼.
    private let half: [Float]
    private let even: [Float]
    private let odd: [Float]
    private let gain: Float

    private static let taps = 12
    private static let context = taps - 1
    private static let stretch = 32

    init(sampleRate: Double, channels: Int, largestBlock: Int) {
        (stride, self.channels) = ((largestBlock + 3 * Self.stretch + 15) / 16 * 16, channels)
        buffers = AlignedBuffer(count: channels * stride)
        let (quarter, middle) = (Self.phase(0.25), Self.phase(0.5))
        half = Array(middle.prefix(6))
        let fourfold = sampleRate < 96_000
        even = fourfold ? (0..<6).map { (quarter[$0] + quarter[11 - $0]) / 2 } : []
        odd = fourfold ? (0..<6).map { (quarter[$0] - quarter[11 - $0]) / 2 } : []
        let phases = fourfold ? [quarter, middle] : [middle]
        // A little more than the exact bound, for the rounding of the sums themselves.
        gain = 1.0001 * (phases.map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 1)
    }

    /// Taps for the value at `fraction` between the middle two of twelve samples, gain 1 at 0 Hz.
    private static func phase(_ fraction: Double) -> [Float] {
        let values = (0..<taps).map { tap in
            let distance = Double(tap - 5) - fraction
            let sinc = sin(.pi * distance) / (.pi * distance)
            return sinc * (0.5 + 0.5 * cos(.pi * distance / 6))
        }
        let sum = values.reduce(0, +)
        return values.map { Float($0 / sum) }
    }

    /// - Parameters:
    ///   - planar: the channels of one block, `stride` samples apart.
    ///   - count: frames; a multiple of 32 for every block but the last.
    mutating func push(_ planar: UnsafePointer<Float>, stride source: Int, count: Int) {
        for channel in 0..<channels {
            let buffer = buffers.base + channel * stride
            (buffer + Self.context).update(from: planar + channel * source, count: count)
            measure(buffer, count: count)
            buffer.update(from: buffer + count, count: Self.context)
        }
    }

    /// Lets the last samples ring out.
    mutating func finish() {
        let silence = AlignedBuffer(count: channels * Self.stretch)
        push(silence.base, stride: Self.stretch, count: Self.stretch)
    }

    /// `count` values between samples, the first between `buffer[5]` and `buffer[6]`.
    private mutating func measure(_ buffer: UnsafeMutablePointer<Float>, count: Int) {
        // Behind the block lie old samples: silence them up to the end of the last stretch.
        let room = (count + Self.stretch - 1) / Self.stretch * Self.stretch + Self.stretch
        (buffer + Self.context + count).update(repeating: 0, count: room - count - Self.context)
        var here = Self.largest(buffer)
        for start in Swift.stride(from: 0, to: count, by: Self.stretch) {
            let next = Self.largest(buffer + start + Self.stretch)
            let around = max(here, next)
            peak = max(peak, here)
            if around * gain > peak { interpolate(UnsafePointer(buffer + start)) }
            here = next
        }
    }

    @inline(__always)
    private static func largest(_ samples: UnsafeMutablePointer<Float>) -> Float {
        let first = samples.lanes(0).magnitudes.larger(samples.lanes(8).magnitudes)
        let second = samples.lanes(16).magnitudes.larger(samples.lanes(24).magnitudes)
        return first.larger(second).greatest
    }

    private mutating func interpolate(_ samples: UnsafePointer<Float>) {
        var largest = Lanes(repeating: peak)
        for index in Swift.stride(from: 0, to: Self.stretch, by: 8) {
            var (middle, mean, difference) = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
            for tap in 0..<6 {
                let (left, right) = (samples.lanes(index + tap), samples.lanes(index + 11 - tap))
                let sum = left + right
                middle += sum * half[tap]
                if !even.isEmpty {
                    mean += sum * even[tap]
                    difference += (left - right) * odd[tap]
                }
            }
            largest = largest.larger(middle.magnitudes)
            // ¼ and ¾ mirror each other: the larger magnitude of mean ± difference.
            largest = largest.larger(mean.magnitudes + difference.magnitudes)
        }
        peak = largest.greatest
    }
}
