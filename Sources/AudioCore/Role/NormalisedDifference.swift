/// How well a stretch of sound repeats itself, and after which time.
///
/// Source: P. McLeod, G. Wyvill, "A smarter way to find pitch", ICMC 2005.
struct NormalisedDifference: ~Copyable {
    /// Samples of one stretch.
    let width: Int
    private let size: Int
    private let shortestLag: Int
    private let transform: FourierTransform
    private let spectrum: FourierTransform
    private var energies: [Double]

    private static let seconds = 0.06
    private static let highestPitch = 1_000.0
    /// A peak this near to the highest is taken for it if its lag is shorter: else pitches fall by octaves.
    private static let nearness = 0.9

    init(sampleRate: Double) {
        width = Int(Self.seconds * sampleRate)
        shortestLag = max(1, Int(sampleRate / Self.highestPitch))
        var size = 16
        while size < width + width / 2 { size *= 2 }
        self.size = size
        transform = FourierTransform(size: size)
        spectrum = FourierTransform(size: size)
        energies = Array(repeating: 0, count: width + 1)
    }

    /// - Parameter samples: at most `width` of them.
    /// - Returns: energy, clarity 0…1 and the lag in samples; clarity 0 where nothing repeats.
    mutating func measure(_ samples: ArraySlice<Float>, offset: Float) -> (energy: Double, clarity: Double, lag: Int) {
        let count = min(samples.count, width)
        for index in 0..<size { transform.input[index] = 0 }
        for (index, sample) in zip(0..<count, samples) {
            let value = sample - offset
            transform.input[index] = value
            energies[index + 1] = energies[index] + Double(value) * Double(value)
        }
        guard energies[count] > 0 else { return (0, 0, 0) }
        autocorrelate()
        let peak = peak(count: count)
        return (energies[count], peak.height, peak.lag)
    }

    private func autocorrelate() {
        transform.execute()
        for bin in 0..<transform.bins {
            let (real, imaginary) = (transform.output[2 * bin], transform.output[2 * bin + 1])
            spectrum.input[bin] = real * real + imaginary * imaginary
            if bin > 0 { spectrum.input[size - bin] = spectrum.input[bin] }
        }
        // |X|² is real and even, so a second forward transform does what an inverse one would.
        spectrum.execute()
    }

    private func value(_ lag: Int, count: Int) -> Double {
        let both = energies[count - lag] + energies[count] - energies[lag]
        return both > 0 ? 2 * Double(spectrum.output[2 * lag]) / Double(size) / both : 0
    }

    /// Only from the first lag on at which the sound is its own opposite: before it everything is like itself.
    private func peak(count: Int) -> (height: Double, lag: Int) {
        guard let opposite = (0..<count / 2).first(where: { value($0, count: count) < 0 }) else { return (0, 0) }
        var best = (height: 0.0, lag: 0)
        var (before, here) = (0.0, 0.0)
        // Two passes, the second with the height to reach: nothing is kept of the first but the highest.
        for reach in [-Double.infinity, Self.nearness] {
            let least = reach * best.height
            let first = max(opposite, shortestLag)
            guard first < count / 2 - 1 else { return (0, 0) }
            (before, here) = (value(first - 1, count: count), value(first, count: count))
            for lag in first..<count / 2 - 1 {
                let after = value(lag + 1, count: count)
                if here > before, here >= after {
                    if reach > 0, here > least { return (min(here, 1), lag) }
                    if here > best.height { best = (here, lag) }
                }
                (before, here) = (here, after)
            }
            if best.lag == 0 { return (0, 0) }
        }
        return best
    }
}
