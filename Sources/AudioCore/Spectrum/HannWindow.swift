import Foundation
import Synchronization

/// The periodic Hann window: ½ − ½·cos(2πn / size); made once for each size and shared.
final class HannWindow: @unchecked Sendable {
    // Immutable after `init`, hence safe to share.
    let samples: AlignedBuffer
    /// Σ of the samples: what a transform makes of a constant 1.
    let sum: Double

    // Sizes are powers of two: there are few of them.
    private static let windows = Mutex<[Int: HannWindow]>([:])

    static func shared(size: Int) -> HannWindow {
        windows.withLock { windows in
            if let window = windows[size] { return window }
            let window = HannWindow(size: size)
            windows[size] = window
            return window
        }
    }

    private init(size: Int) {
        let values = (0..<size).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(size))) }
        samples = AlignedBuffer(values)
        sum = values.reduce(0) { $0 + Double($1) }
    }
}
