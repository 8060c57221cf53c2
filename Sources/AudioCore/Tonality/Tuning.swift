import Foundation

/// How far a piece is off A = 440 Hz, and how strictly it keeps to twelve notes.
struct Tuning: Equatable, Sendable {
    /// Semitones, −0.5…0.5.
    var offset: Double
    /// Length of the mean direction, 0…1: 0.35…0.98 for music, but as high for a few peaks by chance.
    var strictness: Double
    /// How many different pitches there are in effect: (Σ w)² / Σ w² over thirds of a semitone.
    var diversity: Double

    /// How much stricter than chance: for pitches anywhere, n of them, strictness² · n exceeds z with a
    /// probability of e⁻ᶻ. One repeated click has few pitches and may be strict by chance; music is over 5.
    ///
    /// Source: Lord Rayleigh, "On the resultant of a large number of vibrations of the same pitch and of
    /// arbitrary phase", Philosophical Magazine 10, 1880 (as a test of directions).
    var significance: Double { strictness * strictness * diversity }

    /// 100…3,000 Hz: lower peaks are too broad for their pitch to be told, higher ones seldom notes.
    private static let range: (low: Float, high: Float) = (43.3499, 102.2363)

    /// - Parameter gate: lower peaks do not count.
    init(_ peaks: PitchPeaks, gate: Float) {
        var (real, imaginary, sum) = (0.0, 0.0, 0.0)
        var thirds = [Double](repeating: 0, count: 3 * 128)
        for frame in 0..<peaks.frames {
            var (cosines, sines) = (Lanes(repeating: 0), Lanes(repeating: 0))
            var total = Lanes(repeating: 0)
            peaks.forEachVector(of: frame) { pitches, heights, weights in
                let counts = (heights .> gate) .& (pitches .>= Self.range.low) .& (pitches .<= Self.range.high)
                let weights = Lanes(repeating: 0).replacing(with: weights, where: counts)
                let (cosine, sine) = (pitches - pitches.nearestInteger).turn
                cosines += weights * cosine
                sines += weights * sine
                total += weights
                // Pitches that do not count may lie anywhere.
                let places = (pitches * 3).replacing(with: 0, where: .!counts)
                for lane in 0..<8 { thirds[Int(places[lane])] += Double(weights[lane]) }
            }
            real += Double(cosines.sum())
            imaginary += Double(sines.sum())
            sum += Double(total.sum())
        }
        offset = atan2(imaginary, real) / (2 * .pi)
        strictness = sum > 0 ? (real * real + imaginary * imaginary).squareRoot() / sum : 0
        diversity = sum > 0 ? sum * sum / thirds.reduce(0) { $0 + $1 * $1 } : 0
    }
}
