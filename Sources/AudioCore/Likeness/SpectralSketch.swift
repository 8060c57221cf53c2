import Foundation

/// The shape of a sound's spectrum, at first and then ever more coarsely, as cepstra over the critical bands.
///
/// A cepstrum over bands as wide as hearing resolves them tells brightness, body and formants in few numbers, and
/// the level apart from them.
struct SpectralSketch {
    /// Steps after the onset at which a segment begins and the next ends: 0, 40, 100, 200, 400 ms, 1 and 3 s.
    static let edges = [0, 2, 5, 10, 20, 50, 150]
    static let segmentCoefficients = 9
    static let overallCoefficients = 9
    static let spreadCoefficients = 6
    /// Steps that the overall shape is told from, at most: of longer sounds every second, third… is taken.
    private static let mostSteps = 1500

    /// Coefficients 0…8 of each segment, one segment after the other; past its end a sound is silent.
    private(set) var segments: [Float] = []
    /// Coefficients 1…9 of the mean, loud steps weighing most.
    private(set) var overall: [Float] = []
    /// Deviation of coefficients 1…6 from step to step, and of the level (dB).
    private(set) var spread: [Float] = []
    /// Mean change of a band from a step to the next, dB.
    private(set) var flux: Float = 0
    /// How far the highest band is above the mean of all, dB.
    private(set) var peakedness: Float = 0

    init(_ picture: SoundPicture) {
        for (start, end) in zip(Self.edges, Self.edges.dropFirst()) {
            segments += Self.cepstrum(picture.mean(of: start..<end))[0..<Self.segmentCoefficients]
        }
        tellOverall(picture)
    }

    private mutating func tellOverall(_ picture: SoundPicture) {
        let stride = max(1, picture.steps / Self.mostSteps)
        var means = [Float](repeating: 0, count: SoundPicture.bands)
        var (sums, squares) = ([Float](repeating: 0, count: 7), [Float](repeating: 0, count: 7))
        var weights: Float = 0
        for step in Swift.stride(from: 0, to: picture.steps, by: stride) {
            // About the loudness of the step: sones go with the power to 0.3.
            let weight = pow(picture.powers[step], 0.3)
            guard weight > 0.03 else { continue }
            let levels = picture[step]
            weights += weight
            for (band, level) in levels.enumerated() { means[band] += weight * level }
            let values = Self.cepstrum(levels, count: 7)
            for (index, value) in values.enumerated() {
                sums[index] += weight * value
                squares[index] += weight * value * value
            }
            let mean = levels.reduce(0, +) / Float(SoundPicture.bands)
            peakedness += weight * ((levels.max() ?? mean) - mean)
            if step > 0 { flux += weight * zip(levels, picture[step - 1]).reduce(0) { $0 + abs($1.0 - $1.1) } }
        }
        // Between steps that were passed over, all may be silence.
        weights = max(weights, 1e-6)
        flux /= weights * Float(SoundPicture.bands)
        peakedness /= weights
        overall = Array(Self.cepstrum(means.map { $0 / weights }[...])[1...Self.overallCoefficients])
        spread = (0..<7).map { index in
            let mean = sums[index] / weights
            return max(0, squares[index] / weights - mean * mean).squareRoot()
        }
    }

    /// Mean level and the first cosines over the bands.
    private static func cepstrum(_ levels: ArraySlice<Float>, count: Int = overallCoefficients + 1) -> [Float] {
        (0..<count).map { order in
            var sum: Float = 0
            for (band, level) in levels.enumerated() { sum += cosines[order * SoundPicture.bands + band] * level }
            return sum
        }
    }

    private static let cosines: [Float] = (0...overallCoefficients).flatMap { order in
        (0..<SoundPicture.bands).map { band in
            Float(cos(.pi * Double(order) * (Double(band) + 0.5) / Double(SoundPicture.bands)))
                / Float(SoundPicture.bands)
        }
    }
}

extension SoundPicture {
    /// Mean levels of a stretch of steps; silence past the end.
    fileprivate func mean(of stretch: Range<Int>) -> ArraySlice<Float> {
        var sums = [Float](repeating: 0, count: Self.bands)
        for step in stretch.clamped(to: 0..<steps) {
            for (band, level) in self[step].enumerated() { sums[band] += level }
        }
        let missing = Float(stretch.count - stretch.clamped(to: 0..<steps).count)
        return sums.map { ($0 + missing * Self.floor) / Float(stretch.count) }[...]
    }
}
