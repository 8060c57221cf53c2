/// How much a sound must be stretched to go with a tempo.
public struct TempoFit: Equatable, Sendable {
    /// New over old speed: 1.05 plays 5 % faster.
    public let speed: Double
    /// Beats of the stretched sound to a beat of the other: 1, 2 (it runs at double tempo) or ½.
    public let beats: Double

    /// How much faster (or, negative, slower), percent.
    public var percent: Double { (speed - 1) * 100 }

    /// The least stretch that makes `bpm` go with `target`, at the same, half or double tempo.
    ///
    /// - Parameters:
    ///   - bpm: of the sound that is stretched, above 0.
    ///   - target: of the other, above 0.
    ///   - limit: percent; more is refused.
    /// - Returns: `nil` if every way needs more than `limit`; of equal ones, the same tempo first.
    public init?(bpm: Double, to target: Double, limit: Double = 8) {
        guard bpm > 0, target > 0, bpm.isFinite, target.isFinite else { return nil }
        let ways = [1.0, 2, 0.5].map { (speed: target * $0 / bpm, beats: $0) }
        guard let best = ways.min(by: { abs($0.speed - 1) < abs($1.speed - 1) }),
            // A hundred-millionth for the rounding of the quotient.
            abs(best.speed - 1) * 100 <= limit + 1e-8
        else { return nil }
        (speed, beats) = best
    }
}
