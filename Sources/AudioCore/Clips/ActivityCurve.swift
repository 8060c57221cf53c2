import Foundation

/// How loud a recording is over time: the mean square of every hop.
///
/// Frames are four hops long and lie around the beginning of a hop: at 44.1 and 48 kHz, 2,048 samples every 512. At
/// other rates a hop is the power of two that lasts about as long, so that a recording is judged alike at any rate.
public struct ActivityCurve: Equatable, Sendable {
    /// Of the recording, frames per second.
    public let sampleRate: Int
    /// Of the recording, samples per channel.
    public let frames: Int
    /// Mean square of each hop over all channels, full scale 1; beyond the end is silence.
    public let hops: [Float]

    init(sampleRate: Int, frames: Int, hops: [Float]) {
        (self.sampleRate, self.frames, self.hops) = (sampleRate, frames, hops)
    }

    /// Samples of a hop.
    public var hop: Int { Self.hop(sampleRate: sampleRate) }

    static func hop(sampleRate: Int) -> Int {
        (512 * 8) >> (3 - Int(log2(Double(sampleRate) / 44_100).rounded()))
    }

    /// Number of analysis frames: one around each beginning of a hop, and one around the end.
    var count: Int { hops.isEmpty ? 0 : hops.count + 1 }

    /// Mean square of the four hops around the beginning of hop `frame`; beyond the end is silence.
    func power(_ frame: Int) -> Float {
        guard frame < count else { return 0 }
        var sum: Float = 0
        for index in max(0, frame - 2)..<min(hops.count, frame + 2) { sum += hops[index] }
        return sum / 4
    }

    /// Root mean square of the loudest frame, dBFS; `nil` for a recording that is digital silence.
    public var peakLevel: Double? {
        let peak = (0..<count).reduce(Float(0)) { max($0, power($1)) }
        return peak > 0 ? Self.level(peak) : nil
    }

    static func level(_ power: Float) -> Double { 10 * log10(Double(power)) }

    /// The level under which a `share` of the frames lie, dBFS, to a quarter of a dB; digital silence, below −120,
    /// is not counted.
    ///
    /// - Returns: `nil` if all is digital silence.
    func level(atShare share: Double) -> Double? {
        var histogram = [Int](repeating: 0, count: 4 * 320)
        for frame in 0..<count {
            let power = power(frame)
            guard power >= 1e-12 else { continue }
            histogram[min(histogram.count - 1, Int(4 * (Self.level(power) + 120)))] += 1
        }
        let total = histogram.reduce(0, +)
        guard total > 0 else { return nil }
        var below = 0
        for (bin, number) in histogram.enumerated() {
            below += number
            if Double(below) >= share * Double(total) { return Double(bin) / 4 - 120 }
        }
        return nil
    }
}
