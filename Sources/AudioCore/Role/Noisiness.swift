import Foundation

/// Whether a sound is made of tones or of noise: how evenly the spectrum between 400 and 4,000 Hz is filled.
///
/// Geometric over arithmetic mean of the power of its bins, about 0.5 for noise and under 0.05 for notes and chords,
/// weighted by power over at most twelve windows of 90 ms or so. Other than a period, it tells a chord from noise.
///
/// Source: G. Peeters, "A large set of audio features for sound description", IRCAM, 2004 (spectral flatness per band).
enum Noisiness {
    private static let mostWindows = 12
    private static let seconds = 0.085

    /// - Parameters:
    ///   - start: where the sound begins, seconds.
    ///   - length: how long it lasts, seconds.
    /// - Returns: 0…1; 0 where nothing sounds between 400 and 4,000 Hz.
    static func measure(_ excerpt: SoundExcerpt, start: Double, length: Double) -> Double {
        let rate = excerpt.sampleRate
        let size = 1 << Int(log2(seconds * rate).rounded())
        let transform = FourierTransform(size: size)
        let window = HannWindow.shared(size: size)
        let bins = Int(400 / rate * Double(size))..<min(transform.bins, Int(4_000 / rate * Double(size)))
        let first = min(excerpt.samples.count, Int(max(0, start - excerpt.start) * rate))
        let end = min(excerpt.samples.count, Int(max(0, start + length - excerpt.start) * rate))
        let count = min(mostWindows, max(1, (end - first) / (size / 2)))
        let hop = count > 1 ? max(1, (end - first - size) / (count - 1)) : 1
        var (sum, weights) = (0.0, 0.0)
        for index in 0..<count {
            let begin = first + index * hop
            for sample in 0..<size {
                let position = begin + sample
                transform.input[sample] = position < end ? excerpt.samples[position] * window.samples[sample] : 0
            }
            transform.execute()
            let (flatness, power) = flatness(of: bins, in: transform)
            sum += power * flatness
            weights += power
        }
        return weights > 0 ? sum / weights : 0
    }

    private static func flatness(
        of bins: Range<Int>, in transform: borrowing FourierTransform
    ) -> (flatness: Double, power: Double) {
        let powers = bins.map { bin in
            let (real, imaginary) = (Double(transform.output[2 * bin]), Double(transform.output[2 * bin + 1]))
            return real * real + imaginary * imaginary
        }
        let mean = powers.reduce(0, +) / Double(max(1, powers.count))
        guard mean > 0 else { return (0, 0) }
        // 120 dB under the mean is nothing, and the logarithm of nothing is not a number.
        let logarithm = powers.reduce(0) { $0 + log(max($1 / mean, 1e-12)) } / Double(powers.count)
        return (exp(logarithm), mean)
    }
}
