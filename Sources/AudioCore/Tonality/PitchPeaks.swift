import Foundation

/// A spectral peak that may be part of a note.
struct PitchPeak: Equatable, Sendable {
    /// MIDI note number for A = 440 Hz, with its fraction.
    var pitch: Float
    /// Height, in units in which a sine of amplitude 1 has height 1.
    var height: Float
    /// Peak weight: high and clearly above its surroundings counts most.
    var weight: Float
}

/// Collects the spectral peaks of a stream for the key.
///
/// Hann frames of the power of two nearest to 0.37 s (16,384 at 44.1 and 48 kHz), a quarter apart, no
/// padding; a shorter file is one frame. The 60 highest peaks of a frame are kept (12 bytes each, under
/// 8 kB a second) for the first ten minutes and nothing after: tuning and the level gate need the whole,
/// and memory stays bounded for hours of audio.
struct PitchPeakMeter: ~Copyable {
    /// The peaks of all frames, one after the other.
    private(set) var peaks: [PitchPeak] = []
    /// Where each frame begins in `peaks`.
    private(set) var frameStarts: [Int] = []
    /// Largest magnitude of any frame.
    private(set) var largest: Float = 0

    private let mostFrames: Int
    private let binWidth: Double
    private let bins: Int
    private let scale: Float
    private var slicer: FrameSlicer
    private let transform: FourierTransform
    private let window: AlignedBuffer
    private let magnitude: AlignedBuffer
    private var sums: [Double]
    private let surroundings: [(low: Int, high: Int, share: Float)]
    private var found: [PitchPeak] = []

    private static let peaksPerFrame = 60
    private static let lowest = 30.0
    private static let highest = 5200.0

    init(sampleRate: Double, largestBlock: Int) {
        let frameLength = Self.frameLength(sampleRate: sampleRate)
        slicer = FrameSlicer(frameLength: frameLength, hop: frameLength / 4, largestBlock: largestBlock)
        mostFrames = Int(600 * sampleRate) / (frameLength / 4)
        binWidth = sampleRate / Double(frameLength)
        transform = FourierTransform(size: frameLength)
        let shape = hannWindow(size: frameLength)
        window = AlignedBuffer(shape)
        scale = Float(2 / shape.reduce(0.0) { $0 + Double($1) })
        bins = min(transform.bins, Int(Self.highest / binWidth) + 1)
        magnitude = AlignedBuffer(count: bins + 8)
        sums = Array(repeating: 0, count: bins + 1)
        surroundings = Self.surroundings(bins: bins)
        found.reserveCapacity(Self.peaksPerFrame)
        frameStarts.reserveCapacity(256)
    }

    /// Half an octave to both sides of each bin, the upper end exclusive.
    private static func surroundings(bins: Int) -> [(low: Int, high: Int, share: Float)] {
        let ratio = 2.0.squareRoot()
        return (0..<bins).map { bin in
            let (low, high) = (Int(Double(bin) / ratio), min(bins, Int(Double(bin) * ratio) + 1))
            return (low: low, high: high, share: 1 / Float(high - low))
        }
    }

    static func frameLength(sampleRate: Double) -> Int {
        1 << Int(log2(0.3715 * sampleRate).rounded())
    }

    mutating func push(_ mono: Span<Float>) {
        guard frameStarts.count < mostFrames else { return }
        slicer.push(mono)
        while let frame = slicer.next() { analyze(frame) }
    }

    /// Completes the only frame of a file that is shorter than it; other rests are left out.
    ///
    /// - Parameter samples: how many were pushed.
    mutating func finish(samples: Int) {
        guard frameStarts.isEmpty, samples > 0 else { return }
        let silence = [Float](repeating: 0, count: slicer.frameLength - samples)
        slicer.push(silence.span)
        while let frame = slicer.next() { analyze(frame) }
    }

    private mutating func analyze(_ frame: UnsafePointer<Float>) {
        _ = applyWindow(window.base, to: frame, into: transform.input.base, count: transform.size)
        transform.execute()
        magnitudes(of: transform.output.base, into: magnitude.base, bins: bins, scale: scale)
        takeSums()
        frameStarts.append(peaks.count)
        findPeaks()
        peaks.append(contentsOf: found)
    }

    /// Running sums of the magnitudes, and the largest.
    private mutating func takeSums() {
        var sum = 0.0
        for bin in 0..<bins {
            sum += Double(magnitude.base[bin])
            sums[bin + 1] = sum
        }
        var peak = Lanes(repeating: largest)
        for bin in stride(from: 0, to: bins, by: 8) { peak = peak.larger(magnitude.base.lanes(bin)) }
        largest = peak.greatest
    }

    private mutating func findPeaks() {
        found.removeAll(keepingCapacity: true)
        let first = max(1, Int((Self.lowest / binWidth).rounded(.up)))
        // The final gate is a thousandth of the loudest of the file: what fails now fails then.
        let gate = 1e-3 * largest
        guard gate > 0, first < bins - 1 else { return }
        for group in stride(from: first, to: bins - 1, by: 8) {
            let height = magnitude.base.lanes(group)
            let (left, right) = (magnitude.base.lanes(group - 1), magnitude.base.lanes(group + 1))
            // Where neighbours differ by less than 16 times the parabola lifts a peak by ⅛·ln 16, to 1.42
            // times its height, at the most: what stays low even then needs no closer look.
            let isSteep = (left .> 16 * right) .| (right .> 16 * left)
            let isPeak = (height .> left) .& (height .>= right) .& (isSteep .| (1.42 * height .> gate))
            guard isPeak != SIMDMask(repeating: false) else { continue }
            for lane in 0..<min(8, bins - 1 - group) where isPeak[lane] {
                if let peak = peak(at: group + lane), peak.height > gate { keep(peak) }
            }
        }
    }

    /// Mean magnitude half an octave to both sides.
    @inline(__always)
    private func level(around bin: Int) -> Float {
        let (low, high, share) = surroundings[bin]
        return Float(sums[high] - sums[low]) * share
    }

    /// Inserts a peak by height, and drops the lowest where there are too many.
    private mutating func keep(_ peak: PitchPeak) {
        if found.count == Self.peaksPerFrame {
            guard peak.height > found[found.count - 1].height else { return }
            found.removeLast()
        }
        var index = found.count
        while index > 0, found[index - 1].height < peak.height { index -= 1 }
        found.insert(peak, at: index)
    }

    /// The parabola through the logarithms around a local maximum, if it stands out.
    private func peak(at bin: Int) -> PitchPeak? {
        let level = level(around: bin)
        // As above: most of what does not stand out needs no logarithm.
        let (before, here, after) = (magnitude.base[bin - 1], magnitude.base[bin], magnitude.base[bin + 1])
        let isSteep = before > 16 * after || after > 16 * before
        guard isSteep || 1.42 * here > 1.5 * level else { return nil }
        let (left, middle, right) = (Self.ln(before), Self.ln(here), Self.ln(after))
        let curvature = left - 2 * middle + right
        let offset = curvature < 0 ? min(max(0.5 * (left - right) / curvature, -0.5), 0.5) : 0
        let height = exp(middle - 0.25 * (left - right) * offset)
        guard height > 1.5 * level else { return nil }
        let frequency = (Double(bin) + Double(offset)) * binWidth
        return PitchPeak(
            pitch: Float(69 + 12 * log2(frequency / 440)), height: height,
            weight: Self.weight(height: height, ratio: height / level, frequency: frequency))
    }

    /// Safe where a neighbour is zero.
    private static func ln(_ magnitude: Float) -> Float { log(max(magnitude, 1e-30)) }

    /// (m^0.25 · r^0.75)^0.5 · clamp((r − 1.5)/3, 0, 1), zero outside 32…5,000 Hz.
    private static func weight(height: Float, ratio: Float, frequency: Double) -> Float {
        guard frequency >= 32, frequency <= 5000 else { return 0 }
        let cube = height * ratio * ratio * ratio
        return cube.squareRoot().squareRoot().squareRoot() * min(max((ratio - 1.5) / 3, 0), 1)
    }
}
