extension SimilarityVector {
    /// What stands where in a vector.
    public enum Section: CaseIterable, Sendable {
        /// Level and spectral shape in six segments after the onset: 40, 60, 100, 200, 600 ms and 2 s long.
        case onset
        /// Mean spectral shape, and how shape and level vary.
        case spectrum
        /// Attack, duration, centre of gravity, crest.
        case envelope
        /// Harmonic or percussive, peaky or flat, changing or still.
        case texture
        /// Notes: tonal centroid, height, how sure they are.
        case notes
        /// Onsets, and how the level changes within 80 ms to 2.6 s.
        case rhythm

        /// Its place among the values.
        public var range: Range<Int> {
            switch self {
            case .onset: 0..<54
            case .spectrum: 54..<70
            case .envelope: 70..<77
            case .texture: 77..<80
            case .notes: 80..<88
            case .rhythm: 88..<96
            }
        }

        /// Its part of the squared distance of two sounds picked at random, which is 2.
        var share: Float {
            SimilarityScale.factors[range].reduce(0) { $0 + $1 * $1 }
        }
    }

    /// How unlike two sounds are in one respect, on the same scale: 0 for the same, about 1.4 at random.
    public func distance(to other: SimilarityVector, in section: Section) -> Float {
        precondition(version == other.version, "only vectors of one version compare")
        let square = zip(values[section.range], other.values[section.range]).reduce(Float(0)) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        return (square / section.share).squareRoot()
    }
}
