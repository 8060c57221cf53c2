/// What is known about a piece of audio after one pass over it.
///
/// Its `Codable` keys, flat and in snake case, are the one schema for library, command line, HTTP and
/// database. What does not exist (the tempo of a one-shot, the key of a drum, the loudness of silence)
/// is `nil` here and `null` there: never a made-up number, never NaN or infinity. Measured values carry
/// six significant digits, tempo, beats and onsets three decimals: so a value survives JSON unchanged.
public struct AudioFeatures: Equatable, Sendable {
    /// Name of the file; set by the caller, left out of the JSON while absent.
    public var file: String?
    /// `nil` for samples that came from memory.
    public var format: AudioFormat?
    /// Seconds.
    public var duration: Double
    /// Frames per second.
    public var sampleRate: Int
    /// Samples per frame.
    public var channels: Int
    /// Samples per channel.
    public var frames: Int
    /// Bits of one stored sample, where the format has such a thing.
    public var bitDepth: Int?
    /// Whether the file ends before its header says so; what is there was analysed.
    public var isTruncated: Bool
    /// What it is good for, told from its length and tempo.
    public var kind: SoundKind
    /// What it is for, told from how it sounds; `nil` for songs, silence and what is too short to tell.
    public var role: RoleEstimate?

    /// Tempo, beats and onsets; a one-shot has neither tempo nor beats.
    public var rhythm: Rhythm
    /// A key, or the note of a single pitch, or neither (drums, noise, silence).
    public var tonality: Tonality
    /// What the maker wrote into the file; never mixed with what is measured.
    public var embedded: EmbeddedLoopInfo?
    /// What the file says about itself in words.
    public var metadata: AudioMetadata?
    /// What short frames of it look like, over the whole.
    public var timbre: Timbre
    /// Loudness and peaks, measured on the channels.
    public var loudness: Loudness
    /// Outline for drawing; only when asked for.
    public var waveform: WaveformPeaks?
    /// How it sounds, to be compared with others; only when asked for, and `nil` for silence.
    public var similarity: SimilarityVector?
    /// Tells copies of it, however encoded; only when asked for, and `nil` for silence.
    public var fingerprint: Fingerprint?

    /// Features of which only the outer facts are known.
    public init(duration: Double, sampleRate: Int, channels: Int, frames: Int, kind: SoundKind) {
        (self.duration, self.sampleRate, self.channels) = (duration, sampleRate, channels)
        (self.frames, self.kind, isTruncated) = (frames, kind, false)
        (rhythm, tonality, timbre, loudness) = (Rhythm(), Tonality(), Timbre(), Loudness())
    }
}

extension AudioFeatures {
    /// Beats per minute, if there is a tempo.
    public var bpm: Double? { rhythm.tempo?.bpm }
    /// Tonic and scale, if there is a key.
    public var key: Key? { tonality.key?.key }
}

/// A value per frame, summed up over all frames.
public struct MeanAndDeviation: Equatable, Sendable {
    /// Sum over number, in the unit of the value.
    public var mean: Double
    /// Population standard deviation (divisor n).
    public var standardDeviation: Double

    public init(mean: Double, standardDeviation: Double) {
        (self.mean, self.standardDeviation) = (mean, standardDeviation)
    }
}
