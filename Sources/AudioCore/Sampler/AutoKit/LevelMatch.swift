import Foundation

/// The levels at which sounds are equally loud.
///
/// What gain a level means is not documented; it is taken for the amplitude, level over 127, so that 64 is −6 dB. Nothing
/// is made louder: the loud come down to the quiet.
enum LevelMatch {
    /// Decibels below the median beyond which a quiet sound stays quiet, rather than all others becoming it too.
    static let mostBelowMedian = 6.0

    /// The loudness to come down to, LUFS: that of the quietest, but at most 6 LU below the median.
    ///
    /// - Parameters:
    ///   - sounds: loudness of those whose level is to be set.
    ///   - kept: loudness, with their levels, of those whose level stays: their median is the target, if there are any.
    static func target(of sounds: [Double], kept: [Double]) -> Double? {
        if !kept.isEmpty { return median(kept) }
        guard let quietest = sounds.min() else { return nil }
        return max(quietest, median(sounds) - mostBelowMedian)
    }

    /// 1…127; 127 for what is no louder than the target.
    static func level(of loudness: Double?, target: Double?) -> Int {
        guard let loudness, let target, loudness.isFinite, target.isFinite, loudness > target else { return 127 }
        return max(1, Int((127 * pow(10, (target - loudness) / 20)).rounded()))
    }

    /// Decibels of a level; `nil` for silence.
    static func gain(of level: Int) -> Double? { level > 0 ? 20 * log10(Double(min(level, 127)) / 127) : nil }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
