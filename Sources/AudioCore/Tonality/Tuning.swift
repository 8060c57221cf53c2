import Foundation

/// How far a piece is off A = 440 Hz, and how strictly it keeps to twelve notes.
struct Tuning: Equatable, Sendable {
    /// Semitones, −0.5…0.5.
    var offset: Double
    /// Length of the mean direction, 0…1: 0.35…0.91 for music, under 0.21 for drums and noise.
    var strictness: Double

    /// 100…3,000 Hz: lower peaks are too broad for their pitch to be told, higher ones seldom notes.
    private static let range: (low: Float, high: Float) = (43.3499, 102.2363)

    /// - Parameter gate: lower peaks do not count.
    init(_ peaks: PitchPeaks, gate: Float) {
        var (real, imaginary, sum) = (0.0, 0.0, 0.0)
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
            }
            real += Double(cosines.sum())
            imaginary += Double(sines.sum())
            sum += Double(total.sum())
        }
        offset = atan2(imaginary, real) / (2 * .pi)
        strictness = sum > 0 ? (real * real + imaginary * imaginary).squareRoot() / sum : 0
    }
}
