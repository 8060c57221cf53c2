import CKernels
import Foundation

/// How loud a sound is from moment to moment: its first thirty seconds.
struct AmplitudeEnvelope: Sendable {
    /// Steps a second: 375 to 750.
    let stepRate: Double
    /// Mean square of the mono mix in each step, full scale 1; the last step may be shorter than the others.
    let powers: [Float]
}

/// Gathers an ``AmplitudeEnvelope``: 90 kB at most.
struct AmplitudeEnvelopeMeter: ~Copyable {
    private static let mostSeconds = 30.0
    private static let seconds = 0.002

    private let stepRate: Double
    /// A power of two, so that every block holds a whole number of steps.
    private let step: Int
    private var table: FrameTable<Float>

    init(sampleRate: Double) {
        step = min(BlockBuffer.length, Int(exp2(log2(sampleRate * Self.seconds).rounded())))
        stepRate = sampleRate / Double(step)
        table = FrameTable(width: 1, capacity: Int(Self.mostSeconds * stepRate))
    }

    /// - Parameter block: a multiple of the step for every block but the last; zeros after it up to a whole vector.
    mutating func push(_ block: Span<Float>) {
        block.withUnsafeBufferPointer { samples in
            guard let base = samples.baseAddress else { return }
            var start = 0
            while start < samples.count, !table.isFull {
                let length = min(step, samples.count - start)
                let energy = ck_dot(base + start, base + start, (length + 7) / 8 * 8)
                table.append().pointee = energy / Float(length)
                start += length
            }
        }
    }

    /// All of it, once the stream has ended.
    var envelope: AmplitudeEnvelope { AmplitudeEnvelope(stepRate: stepRate, powers: table.array) }
}
