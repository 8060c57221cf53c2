import Foundation

/// How far a piece is off A = 440 Hz, and how strictly it keeps to twelve notes.
struct Tuning: Equatable, Sendable {
    /// Semitones, −0.5…0.5.
    var offset: Double
    /// Length of the mean direction, 0…1: 0.35…0.91 for music, under 0.21 for drums and noise.
    var strictness: Double

    /// - Parameter peaks: those from 100 to 3,000 Hz are used.
    init(peaks: some Sequence<PitchPeak>) {
        let range: ClosedRange<Float> = 43.3499...102.2363
        var (real, imaginary, sum) = (0.0, 0.0, 0.0)
        for peak in peaks where range.contains(peak.pitch) {
            let angle = 2 * .pi * Double(peak.pitch)
            real += Double(peak.weight) * cos(angle)
            imaginary += Double(peak.weight) * sin(angle)
            sum += Double(peak.weight)
        }
        offset = atan2(imaginary, real) / (2 * .pi)
        strictness = sum > 0 ? (real * real + imaginary * imaginary).squareRoot() / sum : 0
    }
}
