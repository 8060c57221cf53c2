import CKernels
import Foundation

/// The level of every frame of a stream, at its samples and up to the next frame, over all channels.
///
/// Eight values for each sample by a windowed sinc of 32 taps, right to 0.03 dB up to a fifth of the rate and to
/// 0.11 dB up to two fifths; and beside them the values of the 12-tap interpolator that meters use (24 taps from
/// 96 kHz on), because a ceiling must hold for those who measure it. Samples come in any portions and are traced in
/// blocks of one size.
///
/// Source: ITU-R BS.1770-5, Annex 2; the window is Kaiser's.
struct PeakTracer: ~Copyable {
    /// Frames of a block.
    static let length = 1_024
    /// The first level of a block belongs to the frame so far before its first.
    static let delay = taps / 2

    let channels: Int
    /// Frames in the block so far.
    private(set) var count = 0
    private var filters: ck_peak_filters
    /// For each channel the last samples of the block before, the block, and room for a vector.
    private let lines: AlignedBuffer
    private let levels = AlignedBuffer(count: length)

    private static let taps = Int(CK_PEAK_TAPS)
    private static let context = taps - 1
    static let stride = context + length + 17

    init(sampleRate: Int, channels: Int) {
        self.channels = channels
        filters = .init(sampleRate: sampleRate)
        lines = AlignedBuffer(count: channels * Self.stride)
    }

    var isFull: Bool { count == Self.length }

    /// The block, channel c from c · `stride` on.
    var planar: UnsafePointer<Float> { UnsafePointer(lines.base + Self.context) }

    /// Takes as many frames as fit; silence for `nil`.
    ///
    /// - Returns: frames taken.
    mutating func fill(_ interleaved: UnsafePointer<Float>?, frames: Int) -> Int {
        let taken = min(frames, Self.length - count)
        for channel in 0..<channels {
            let target = lines.base + channel * Self.stride + Self.context + count
            if let interleaved {
                for frame in 0..<taken { target[frame] = interleaved[frame * channels + channel] }
            } else {
                target.update(repeating: 0, count: taken)
            }
        }
        count += taken
        return taken
    }

    /// Levels of a full block, the first one of the frame ``delay`` before it; makes room for the next.
    ///
    /// - Parameter floor: levels that do not exceed it need not be right.
    mutating func trace(floor: Float) -> UnsafePointer<Float> {
        levels.base.update(repeating: 0, count: Self.length)
        for channel in 0..<channels {
            let line = lines.base + channel * Self.stride
            ck_trace_peaks(line, Self.length, &filters, floor, levels.base)
            line.update(from: line + Self.length, count: Self.context)
        }
        count = 0
        return UnsafePointer(levels.base)
    }
}

extension ck_peak_filters {
    fileprivate init(sampleRate: Int) {
        self.init()
        let eighths = (1...4).map { Self.sinc(Double($0) / 8, half: 16) { Self.kaiser($0) } }
        let meter = sampleRate < 96_000 ? 6 : 12
        let hann = { (place: Double) in 0.5 + 0.5 * cos(.pi * place) }
        let quarter = sampleRate < 96_000 ? Self.sinc(0.25, half: meter, window: hann) : eighths[3]
        let middles = [eighths[3], Self.sinc(0.5, half: meter, window: hann)]
        let pairs = Array(eighths.prefix(3)) + [quarter]
        Self.set(&even, pairs.map { phase in (0..<16).map { (phase[$0] + phase[31 - $0]) / 2 } })
        Self.set(&odd, pairs.map { phase in (0..<16).map { (phase[$0] - phase[31 - $0]) / 2 } })
        Self.set(&middle, middles.map { Array($0.prefix(16)) })
        // A little more than the exact bound, for the rounding of the sums themselves.
        gain = Float((pairs + middles).map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 1) * 1.0001
    }

    /// Taps for the value at `fraction` between the middle two of 32 samples; all but 2 · `half` are 0.
    ///
    /// - Parameter window: of −1…1.
    private static func sinc(_ fraction: Double, half: Int, window: (Double) -> Double) -> [Double] {
        (0..<32).map { tap in
            let distance = Double(tap - 15) - fraction
            guard abs(distance) < Double(half) else { return 0 }
            return sin(.pi * distance) / (.pi * distance) * window(distance / Double(half))
        }
    }

    /// 60 dB of rejection: β = 5.65.
    private static func kaiser(_ place: Double) -> Double {
        bessel(5.65 * sqrt(max(0, 1 - place * place))) / bessel(5.65)
    }

    /// The modified Bessel function of the first kind and order 0, by its series.
    private static func bessel(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for k in 1...24 {
            term *= (x / 2 / Double(k)) * (x / 2 / Double(k))
            sum += term
        }
        return sum
    }

    /// Fills a C array of arrays.
    private static func set<Array>(_ target: inout Array, _ rows: [[Double]]) {
        withUnsafeMutableBytes(of: &target) { bytes in
            for (index, value) in rows.joined().enumerated() {
                bytes.storeBytes(of: Float(value), toByteOffset: 4 * index, as: Float.self)
            }
        }
    }
}
