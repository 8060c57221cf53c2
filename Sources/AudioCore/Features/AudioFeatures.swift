/// What is known about a piece of audio after one pass over it.
///
/// Its `Codable` keys, flat and in snake case, are the one schema for library, command line, HTTP and
/// database. What does not exist (the tempo of a one-shot, the key of a drum, the loudness of silence)
/// is `nil` here and `null` there: never a made-up number, never NaN or infinity. Measured values carry
/// six significant digits, the tempo three decimals: so a value survives JSON unchanged.
public struct AudioFeatures: Equatable, Sendable {
    /// Name of the file; set by the caller, left out of the JSON while absent.
    public var file: String?
    /// `nil` for samples that came from memory.
    public var format: AudioFormat?
    /// Seconds.
    public var duration: Double
    /// Frames per second.
    public var sampleRate: Int
    public var channels: Int
    /// Samples per channel.
    public var frames: Int
    /// Bits of one stored sample, where the format has such a thing.
    public var bitDepth: Int?
    public var kind: SoundKind

    /// Beats per minute; `nil` without a steady beat and for one-shots. See ``Tempo``.
    public var bpm: Double?
    /// How likely `bpm` is right, 0…1.
    public var bpmConfidence: Double?
    /// Tonic and scale; `nil` for drums, noise, silence and single pitches. See ``KeyEstimate``.
    public var key: Key?
    /// How likely `key` is right, 0…1.
    public var keyConfidence: Double?

    /// Mean frequency of the spectrum, Hz.
    public var spectralCentroid: MeanAndDeviation
    /// Spread of the spectrum around its centroid, Hz.
    public var spectralBandwidth: MeanAndDeviation
    /// Frequency below which 85 % of the magnitudes lie, Hz.
    public var spectralRolloff: MeanAndDeviation
    /// 0 for tones, 1 for impulses.
    public var spectralFlatness: MeanAndDeviation
    /// Sign changes per sample.
    public var zeroCrossingRate: MeanAndDeviation
    /// Root mean square of the mono mix, full scale 1.
    public var rms: MeanAndDeviation

    /// Integrated loudness, ITU-R BS.1770-4, LUFS; `nil` below −70 LUFS and for less than 400 ms.
    public var loudness: Double?
    /// Highest level between the samples of any channel, dBTP; `nil` for silence.
    public var truePeak: Double?

    /// Outline for drawing; only when asked for.
    public var waveform: WaveformPeaks?
}

/// A value per frame, summed up over all frames.
public struct MeanAndDeviation: Equatable, Sendable {
    public var mean: Double
    /// Population standard deviation (divisor n).
    public var standardDeviation: Double

    public init(mean: Double, standardDeviation: Double) {
        (self.mean, self.standardDeviation) = (mean, standardDeviation)
    }
}
