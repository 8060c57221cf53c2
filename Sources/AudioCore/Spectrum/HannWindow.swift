import Foundation

/// The periodic Hann window: ½ − ½·cos(2πn / size); made once for each size and shared.
// Unchecked because the buffer inside is raw memory; nothing writes to it after `init`.
final class HannWindow: @unchecked Sendable {
    let samples: AlignedBuffer
    /// Σ of the samples: what a transform makes of a constant 1.
    let sum: Double

    private static let made = SharedValues<Int, HannWindow>(capacity: 8)

    static func shared(size: Int) -> HannWindow { made.value(for: size) { HannWindow(size: $0) } }

    private init(size: Int) {
        let values = (0..<size).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(size))) }
        samples = AlignedBuffer(values)
        sum = values.reduce(0) { $0 + Double($1) }
    }
}
