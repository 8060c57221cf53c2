import Foundation

/// Values between samples: at ½, and oversampled four times at ¼ and ¾ too.
struct PeakInterpolator: ~Copyable {
    /// Samples before the first of a stretch that its values depend on.
    static let context = taps - 1
    /// Values of each phase in one call.
    static let stretch = 32
    /// No value exceeds the largest of the samples around it times this.
    let gain: Float

    private static let taps = 12
    private let isFourfold: Bool
    /// Halves of the symmetric filters, six taps each: the phase at ½, then the even and the odd part of the
    /// phase at ¼.
    private let filters: AlignedBuffer

    init(isFourfold: Bool) {
        self.isFourfold = isFourfold
        let (quarter, middle) = (Self.phase(0.25), Self.phase(0.5))
        let even = (0..<6).map { (quarter[$0] + quarter[11 - $0]) / 2 }
        let odd = (0..<6).map { (quarter[$0] - quarter[11 - $0]) / 2 }
        filters = AlignedBuffer(middle.prefix(6) + even + odd)
        let phases = isFourfold ? [quarter, middle] : [middle]
        gain = phases.map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 1
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

    /// The largest magnitude between samples, the first value between `samples[5]` and `samples[6]`.
    ///
    /// - Parameter samples: `context` + `stretch` of them.
    func largest(_ samples: UnsafePointer<Float>) -> Float {
        var largest = Lanes(repeating: 0)
        for index in stride(from: 0, to: Self.stretch, by: 8) {
            let values = isFourfold ? threeMagnitudes(samples + index) : middle(samples + index).magnitudes
            largest = largest.larger(values)
        }
        return largest.greatest
    }

    @inline(__always)
    private func middle(_ samples: UnsafePointer<Float>) -> Lanes {
        var middle = Lanes(repeating: 0)
        for tap in 0..<6 { middle += (samples.lanes(tap) + samples.lanes(11 - tap)) * filters.base[tap] }
        return middle
    }

    @inline(__always)
    private func threeMagnitudes(_ samples: UnsafePointer<Float>) -> Lanes {
        var (middle, mean, difference) = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
        for tap in 0..<6 {
            let (left, right) = (samples.lanes(tap), samples.lanes(11 - tap))
            middle += (left + right) * filters.base[tap]
            mean += (left + right) * filters.base[6 + tap]
            difference += (left - right) * filters.base[12 + tap]
        }
        // ¼ and ¾ mirror each other: the larger magnitude of mean ± difference.
        return middle.magnitudes.larger(mean.magnitudes + difference.magnitudes)
    }
}
