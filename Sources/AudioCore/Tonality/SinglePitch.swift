import Foundation

/// The note of which a piece is overtones, if it is of one: then there is a pitch and no key.
///
/// In every frame, the lowest of its strong peaks that best explains the others as its multiples is the
/// fundamental; how much of the peak weight it explains is the frame's share. A low chord has overtones in
/// common, but never all.
struct SinglePitch {
    /// Part of the piece that is overtones of one pitch class, 0…1: over 0.9 for all sines, 84 % of other
    /// single notes and under 1 % of chords, all of them named rightly.
    let share: Double
    /// MIDI number of the most frequent fundamental of that class.
    let note: Int

    /// - Parameters:
    ///   - tuning: of the piece, semitones.
    ///   - gate: lower peaks do not count.
    init(_ peaks: PitchPeaks, tuning: Double, gate: Float) {
        var (explained, total) = ([Double](repeating: 0, count: 128), 0.0)
        for frame in 0..<peaks.frames {
            guard let tone = Self.tone(peaks, frame: frame, gate: gate) else { continue }
            let note = Int((tone.pitch - Float(tuning)).rounded())
            explained[min(max(note, 0), 127)] += tone.level * tone.share
            total += tone.level
        }
        let classes = (0..<12).map { first in stride(from: first, to: 128, by: 12).reduce(0) { $0 + explained[$1] } }
        let best = classes.max() ?? 0
        share = total > 0 ? best / total : 0
        let pitchClass = classes.firstIndex(of: best) ?? 0
        note = stride(from: pitchClass, to: 128, by: 12).max { explained[$0] < explained[$1] } ?? pitchClass
    }

    private static func tone(
        _ peaks: PitchPeaks, frame: Int, gate: Float
    ) -> (pitch: Float, share: Double, level: Double)? {
        var highest = Lanes(repeating: 0)
        peaks.forEachVector(of: frame) { _, heights, _ in highest = highest.larger(heights) }
        guard highest.greatest > gate else { return nil }
        let floor = max(gate, 0.02 * highest.greatest)
        var best: (pitch: Float, share: Double, level: Double)?
        // Peaks are in the order of their pitch.
        let strong = peaks.range(of: frame).lazy.filter { peaks.heights[$0] > max(gate, 0.1 * highest.greatest) }
        for index in strong.prefix(3) {
            let pitch = peaks.pitches[index]
            let (part, sum) = weights(peaks, frame: frame, of: pitch, floor: floor)
            guard sum > 0 else { return nil }
            // A higher fundamental has to explain clearly more.
            if Double(part / sum) > (best?.share ?? -1) + 0.02 {
                best = (pitch, Double(part / sum), Double(sum).squareRoot())
            }
        }
        return best
    }

    /// Peak weight at multiples of a fundamental, and all of it.
    private static func weights(
        _ peaks: PitchPeaks, frame: Int, of fundamental: Float, floor: Float
    ) -> (part: Float, sum: Float) {
        let zero = Lanes(repeating: 0)
        var (part, sum) = (zero, zero)
        peaks.forEachVector(of: frame) { pitches, heights, weights in
            let weights = zero.replacing(with: weights, where: heights .> floor)
            let ratio = ((pitches - fundamental) * semitone).exponential
            let overtone = ratio.nearestInteger.larger(Lanes(repeating: 1))
            // To the first order ln x is x − 1.
            let distance = (ratio / overtone - 1).magnitudes / semitone
            // Above the tenth, multiples lie closer together.
            let reach = Lanes(repeating: 0.25).replacing(with: 0.12, where: overtone .> 10)
            sum += weights
            part += zero.replacing(with: weights, where: distance .< reach)
        }
        return (part.sum(), sum.sum())
    }

    /// ln 2 / 12: one semitone.
    private static let semitone: Float = 0.057762265
}
