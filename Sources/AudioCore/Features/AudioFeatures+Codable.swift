extension AudioFeatures: Codable {
    /// Of the JSON: another one whenever members come, go or mean something else. JSON of this version can be passed on as
    /// it stands; any older is decoded.
    public static let jsonVersion = 1

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: FeatureKey.self)
        try container.encodeIfPresent(file, forKey: "file")
        // `encode`, not `encodeIfPresent`: "there is none" is an answer and is written as null.
        try container.encode(format, forKey: "format")
        try container.encode(duration, forKey: "duration")
        try container.encode(sampleRate, forKey: "sample_rate")
        try container.encode(channels, forKey: "channels")
        try container.encode(frames, forKey: "frames")
        try container.encode(bitDepth, forKey: "bit_depth")
        try container.encode(isTruncated, forKey: "truncated")
        try container.encode(kind, forKey: "kind")
        try RoleEstimate.encode(role, into: &container)
        try rhythm.encode(into: &container)
        try tonality.encode(into: &container)
        try container.encode(embedded, forKey: "embedded")
        try container.encode(metadata, forKey: "metadata")
        try timbre.encode(into: &container)
        try loudness.encode(into: &container)
        try container.encodeIfPresent(waveform, forKey: "waveform")
        try container.encodeIfPresent(similarity, forKey: "similarity")
        try container.encodeIfPresent(fingerprint, forKey: "fingerprint")
    }

    /// Values that were not measured yet when the JSON was written are read as absent.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: FeatureKey.self)
        try self.init(
            duration: container.decode(Double.self, forKey: "duration"),
            sampleRate: container.decode(Int.self, forKey: "sample_rate"),
            channels: container.decode(Int.self, forKey: "channels"),
            frames: container.decode(Int.self, forKey: "frames"),
            kind: container.decode(SoundKind.self, forKey: "kind"))
        file = try container.decodeIfPresent(String.self, forKey: "file")
        format = try container.decodeIfPresent(AudioFormat.self, forKey: "format")
        bitDepth = try container.decodeIfPresent(Int.self, forKey: "bit_depth")
        isTruncated = try container.decodeIfPresent(Bool.self, forKey: "truncated") ?? false
        role = try RoleEstimate(from: container)
        rhythm = try Rhythm(from: container)
        tonality = try Tonality(from: container)
        embedded = try container.decodeIfPresent(EmbeddedLoopInfo.self, forKey: "embedded")
        metadata = try container.decodeIfPresent(AudioMetadata.self, forKey: "metadata")
        timbre = try Timbre(from: container)
        loudness = try Loudness(from: container)
        waveform = try container.decodeIfPresent(WaveformPeaks.self, forKey: "waveform")
        similarity = try container.decodeIfPresent(SimilarityVector.self, forKey: "similarity")
        fingerprint = try container.decodeIfPresent(Fingerprint.self, forKey: "fingerprint")
    }
}
