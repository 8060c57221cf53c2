import Foundation

/// How the level of a sound runs: when it begins, how fast it rises and dies, how often it is struck.
///
/// Told from the power of the mono mix every 2 ms or so, smoothed over 10 ms. All levels are against the highest, so
/// that gain does not matter; all times count from where the sound first comes within 20 dB of it, so that silence
/// before it does not either.
///
/// Source: G. Peeters, "A large set of audio features for sound description", IRCAM, 2004 (attack, decay,
/// effective duration).
struct LevelCurve: Equatable, Sendable {
    /// Where the sound begins, seconds from the start of the file.
    var start = 0.0
    /// From −20 dB to −3 dB, seconds.
    var attack = 0.0
    /// From the highest level to the last time within 20 dB of it, seconds.
    var decay = 0.0
    /// From the start to the last time within 40 dB of the highest level, seconds.
    var length = 0.0
    /// Part of the time above −20 dB that is also above −6 dB, 0…1: ⅓ for an exponential decay, 1 for a held tone.
    var sustain = 0.0
    /// Peaks of the first 60 ms with dips of 3 dB and more between them: a clap has several.
    var bursts = 0
    /// How often the level rises again by 9 dB after the first 80 ms, plus one.
    var strokes = 0

    /// Squares below it lose their digits: −180 dB.
    private static let silence: Float = 1e-18

    /// `nil` for silence.
    init?(_ envelope: AmplitudeEnvelope) {
        let rate = envelope.stepRate
        let powers = envelope.powers
        let smooth = Self.smooth(powers, over: max(1, Int((0.01 * rate).rounded())))
        guard let peak = smooth.indices.max(by: { smooth[$0] < smooth[$1] }), smooth[peak] > Self.silence else {
            return nil
        }
        let highest = smooth[peak]
        let first = powers.firstIndex { $0 >= 0.01 * highest } ?? peak
        let top = powers[first...].firstIndex { $0 >= 0.5 * highest } ?? peak
        func last(_ share: Float) -> Int { smooth.lastIndex { $0 >= share * highest } ?? peak }
        start = Double(first) / rate
        attack = Double(top - first) / rate
        decay = Double(last(0.01) - peak) / rate
        length = Double(last(1e-4) - first + 1) / rate
        let end = max(first, last(1e-4))
        sustain = Self.share(of: smooth[first...end], highest: highest)
        let opening = first..<min(powers.count, first + Int((0.06 * rate).rounded()))
        let loudest = powers[opening].max() ?? 0
        bursts = Self.rises(Self.smooth(powers, over: 2)[opening], by: 2, above: 0.06 * loudest, opening: 0)
        strokes = Self.rises(
            smooth[first...end], by: 8, above: 0.05 * highest, opening: Int((0.08 * rate).rounded()))
    }

    /// Means of `width` values around each.
    private static func smooth(_ values: [Float], over width: Int) -> [Float] {
        var sums = [Double](repeating: 0, count: values.count + 1)
        for index in values.indices { sums[index + 1] = sums[index] + Double(values[index]) }
        return values.indices.map { index in
            let first = max(0, index - width / 2)
            let end = min(values.count, first + width)
            return Float(max(0, sums[end] - sums[first]) / Double(width))
        }
    }

    /// Part of what is above −20 dB that is also above −6 dB.
    private static func share(of curve: ArraySlice<Float>, highest: Float) -> Double {
        let heard = curve.count { $0 >= 0.01 * highest }
        return heard > 0 ? Double(curve.count { $0 >= 0.25 * highest }) / Double(heard) : 0
    }

    /// How often a curve climbs by a factor from its lowest point since the last climb, to above a level.
    ///
    /// - Parameter opening: within this many steps from the beginning all climbs count as one.
    private static func rises(_ curve: ArraySlice<Float>, by factor: Float, above level: Float, opening: Int) -> Int {
        var (count, lowest, highest) = (0, Float(0), Float(0))
        var isRising = false
        for (index, value) in zip(0..., curve) {
            if isRising {
                highest = max(highest, value)
                if value * factor <= highest { (isRising, lowest) = (false, value) }
            } else {
                lowest = min(lowest, value)
                if value > level, value >= lowest * factor {
                    if index >= opening || count == 0 { count += 1 }
                    (isRising, highest) = (true, value)
                }
            }
        }
        return count
    }
}
