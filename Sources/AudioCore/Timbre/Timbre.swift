/// How a piece of audio sounds: means and deviations of what its short frames look like.
///
/// Frames of 2048 samples every 512, centred and zero padded, periodic Hann window, at the file's own
/// rate, of the mono mix: the definitions and defaults of librosa 0.11, so that values can be compared.
public struct Timbre: Equatable, Sendable {
    /// Mean frequency of the spectrum, Hz: Σ f·|X| / Σ |X|.
    public var centroid = MeanAndDeviation.zero
    /// Spread of the spectrum around its centroid, Hz: √(Σ |X|·(f − centroid)² / Σ |X|).
    public var bandwidth = MeanAndDeviation.zero
    /// Frequency below which 85 % of the magnitudes lie, Hz.
    public var rolloff = MeanAndDeviation.zero
    /// Geometric over arithmetic mean of the power: 0 for tones, 1 for impulses.
    public var flatness = MeanAndDeviation.zero
    /// Sign changes per sample.
    public var zeroCrossingRate = MeanAndDeviation.zero
    /// Root mean square of the mono mix, full scale 1.
    public var rms = MeanAndDeviation.zero
    /// Mean rise of the log-mel spectrum from frame to frame, dB.
    public var onsetStrength = MeanAndDeviation.zero
    /// Peaks over valleys, dB, in seven bands that meet at 200, 400, 800, 1,600, 3,200 and 6,400 Hz.
    ///
    /// Below 12.8 kHz of sample rate the last band is empty and its value means nothing.
    public var contrast: [MeanAndDeviation] = []
    /// Mel-frequency cepstral coefficients 0…19; the first 13 are the classic choice.
    public var mfcc: [MeanAndDeviation] = []
    /// Energy of the twelve pitch classes from C on, each frame relative to its largest.
    public var chroma: [MeanAndDeviation] = []
    /// Share of the energy that goes on in time rather than spreads over frequency: 1 for a held tone, 0
    /// for a click, about ½ for noise; `nil` for silence.
    public var harmonicRatio: Double?

    public init() {}
}

extension MeanAndDeviation {
    static let zero = MeanAndDeviation(mean: 0, standardDeviation: 0)
}

extension Timbre {
    /// The JSON key of every single value; its deviation has `_std` appended.
    static let values: [(key: FeatureKey, path: any WritableKeyPath<Timbre, MeanAndDeviation> & Sendable)] = [
        ("spectral_centroid", \.centroid), ("spectral_bandwidth", \.bandwidth), ("spectral_rolloff", \.rolloff),
        ("spectral_flatness", \.flatness), ("zero_crossing_rate", \.zeroCrossingRate), ("rms", \.rms),
        ("onset_strength", \.onsetStrength),
    ]

    /// The same for values of several bands, coefficients or classes: arrays.
    static let rows: [(key: FeatureKey, path: any WritableKeyPath<Timbre, [MeanAndDeviation]> & Sendable)] = [
        ("spectral_contrast", \.contrast), ("mfcc", \.mfcc), ("chroma", \.chroma),
    ]

    func encode(into container: inout FeatureContainer.Encoding) throws {
        for (key, path) in Self.values {
            try container.encode(self[keyPath: path].mean, forKey: key)
            try container.encode(self[keyPath: path].standardDeviation, forKey: key.deviation)
        }
        for (key, path) in Self.rows {
            try container.encode(self[keyPath: path].map(\.mean), forKey: key)
            try container.encode(self[keyPath: path].map(\.standardDeviation), forKey: key.deviation)
        }
        try container.encode(harmonicRatio, forKey: "harmonic_ratio")
    }

    init(from container: FeatureContainer.Decoding) throws {
        for (key, path) in Self.values {
            self[keyPath: path] = try MeanAndDeviation(
                mean: container.decodeIfPresent(Double.self, forKey: key) ?? 0,
                standardDeviation: container.decodeIfPresent(Double.self, forKey: key.deviation) ?? 0)
        }
        for (key, path) in Self.rows {
            let means = try container.decodeIfPresent([Double].self, forKey: key) ?? []
            let deviations = try container.decodeIfPresent([Double].self, forKey: key.deviation) ?? []
            self[keyPath: path] = zip(means, deviations).map { MeanAndDeviation(mean: $0, standardDeviation: $1) }
        }
        harmonicRatio = try container.decodeIfPresent(Double.self, forKey: "harmonic_ratio")
    }
}
