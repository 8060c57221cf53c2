import Foundation

/// The two gates of loudness: what the standard takes for silence, then what is far below the rest.
enum LoudnessGate {
    /// Windows under −70 LUFS are silence.
    static let silence = power(-70)

    /// Mean of the blocks that pass both gates; `nil` for silence.
    ///
    /// Source: ITU-R BS.1770-4, Annex 1.
    static func integrated(_ blocks: [Double]) -> Double? {
        let audible = passing(blocks, below: 10)
        return audible.isEmpty ? nil : loudness(mean(audible))
    }

    /// From the 10th to the 95th percentile of the windows that pass both gates, LU; `nil` for silence.
    ///
    /// Source: EBU Tech 3342.
    static func range(_ windows: [Double]) -> Double? {
        let audible = passing(windows, below: 20).sorted()
        guard !audible.isEmpty else { return nil }
        func percentile(_ share: Double) -> Double {
            loudness(audible[Int((Double(audible.count - 1) * share).rounded())])
        }
        return percentile(0.95) - percentile(0.1)
    }

    /// Two gates: the relative one is set from what passed the absolute one.
    private static func passing(_ powers: [Double], below level: Double) -> [Double] {
        let audible = powers.filter { $0 >= silence }
        guard !audible.isEmpty else { return [] }
        let gate = mean(audible) * pow(10, -level / 10)
        return audible.filter { $0 >= gate }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// LUFS of a mean power.
    static func loudness(_ power: Double) -> Double { -0.691 + 10 * log10(power) }

    private static func power(_ loudness: Double) -> Double { pow(10, (loudness + 0.691) / 10) }
}
