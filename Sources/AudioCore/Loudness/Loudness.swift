/// How loud a piece of audio is, after ITU-R BS.1770 and EBU R 128.
///
/// Mono is measured as one loudspeaker, 3.01 LU below the same signal on both channels of stereo. Surround
/// channels weigh 1.41, the LFE nothing.
public struct Loudness: Equatable, Sendable {
    /// Of the whole, LUFS; `nil` below −70 LUFS and for less than 400 ms.
    public var integrated: Double?
    /// Of the loudest 400 ms, LUFS; `nil` as above.
    public var momentaryMaximum: Double?
    /// Of the loudest 3 s, LUFS; `nil` below −70 LUFS and for less than 3 s.
    public var shortTermMaximum: Double?
    /// How far it varies (LRA), LU; `nil` where all is below −70 LUFS and for less than 3 s.
    public var range: Double?
    /// Highest level between the samples of any channel, dBTP; `nil` for silence.
    public var truePeak: Double?
    /// Highest sample of any channel, dBFS; `nil` for silence.
    public var samplePeak: Double?

    public init(
        integrated: Double? = nil, momentaryMaximum: Double? = nil, shortTermMaximum: Double? = nil,
        range: Double? = nil, truePeak: Double? = nil, samplePeak: Double? = nil
    ) {
        (self.integrated, self.momentaryMaximum) = (integrated, momentaryMaximum)
        (self.shortTermMaximum, self.range) = (shortTermMaximum, range)
        (self.truePeak, self.samplePeak) = (truePeak, samplePeak)
    }
}

extension Loudness {
    private static let values: [(key: FeatureKey, path: any WritableKeyPath<Loudness, Double?> & Sendable)] = [
        ("loudness_lufs", \.integrated), ("loudness_momentary_max_lufs", \.momentaryMaximum),
        ("loudness_short_term_max_lufs", \.shortTermMaximum), ("loudness_range_lu", \.range),
        ("true_peak_dbtp", \.truePeak), ("sample_peak_dbfs", \.samplePeak),
    ]

    func encode(into container: inout FeatureContainer.Encoding) throws {
        for (key, path) in Self.values { try container.encode(self[keyPath: path], forKey: key) }
    }

    init(from container: FeatureContainer.Decoding) throws {
        for (key, path) in Self.values {
            self[keyPath: path] = try container.decodeIfPresent(Double.self, forKey: key)
        }
    }
}
