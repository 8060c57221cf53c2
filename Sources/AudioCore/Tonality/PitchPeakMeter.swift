import CKernels
import Foundation

/// Collects the spectral peaks of a stream for the key.
///
/// Only 0…5,200 Hz matter, so high rates are halved first, as often as they are 44.1 kHz or more. Hann
/// frames of the power of two nearest to 0.37 s (8,192 at 22,050 and 24,000 Hz), a quarter apart, no
/// padding; a shorter file is one frame. The 60 highest peaks of a frame are kept (12 bytes each, under
/// 9 kB a second) for the first ten minutes and nothing after: tuning and the level gate need the whole,
/// and memory stays bounded for hours of audio.
struct PitchPeakMeter: ~Copyable {
    private(set) var peaks = PitchPeaks()
    /// Lower peaks are not parts of notes: a thousandth of the largest magnitude of any frame.
    var gate: Float { 1e-3 * finder.largest }

    private let mostFrames: Int
    private let decimators: [HalfBandDecimator]
    private var received = 0
    private var slicer: FrameSlicer
    private let transform: FourierTransform
    private let window: HannWindow
    private let scale: Float
    private var finder: PitchPeakFinder

    init(sampleRate: Double, largestBlock: Int) {
        decimators = HalfBandDecimator.chain(sampleRate: sampleRate, largestBlock: largestBlock)
        let rate = sampleRate / Double(1 << decimators.count)
        let frameLength = Self.frameLength(sampleRate: rate)
        slicer = FrameSlicer(frameLength: frameLength, hop: frameLength / 4, largestBlock: largestBlock)
        mostFrames = Int(600 * rate) / (frameLength / 4)
        transform = FourierTransform(size: frameLength)
        window = .shared(size: frameLength)
        scale = Float(2 / window.sum)
        finder = PitchPeakFinder(binWidth: rate / Double(frameLength), mostBins: transform.bins)
    }

    static func frameLength(sampleRate: Double) -> Int {
        1 << Int(log2(0.3715 * sampleRate).rounded())
    }

    mutating func push(_ mono: Span<Float>) {
        guard peaks.frames < mostFrames else { return }
        mono.withUnsafeBufferPointer { samples in
            slice(decimators.reduce(samples) { $1.push($0) }.span)
        }
    }

    /// Completes the only frame of a file that is shorter than it; other rests are left out.
    mutating func finish() {
        guard peaks.frames == 0, received > 0 else { return }
        slice([Float](repeating: 0, count: slicer.frameLength - received).span)
    }

    private mutating func slice(_ block: Span<Float>) {
        received += block.count
        slicer.push(block)
        while let frame = slicer.next() { analyze(frame) }
    }

    private mutating func analyze(_ frame: UnsafePointer<Float>) {
        _ = ck_apply_window(window.samples.base, frame, transform.input.base, transform.size)
        transform.execute()
        finder.find(in: transform.output.base, scale: scale, into: &peaks)
    }
}
