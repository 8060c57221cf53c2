extension AudioFeatures: Codable {
    private enum CodingKeys: String, CodingKey {
        case file, format, duration, channels, frames, kind, bpm, key, scale, waveform
        case sampleRate = "sample_rate"
        case bitDepth = "bit_depth"
        case bpmConfidence = "bpm_confidence"
        case keyConfidence = "key_confidence"
        case centroid = "spectral_centroid"
        case centroidDeviation = "spectral_centroid_std"
        case bandwidth = "spectral_bandwidth"
        case bandwidthDeviation = "spectral_bandwidth_std"
        case rolloff = "spectral_rolloff"
        case rolloffDeviation = "spectral_rolloff_std"
        case flatness = "spectral_flatness"
        case flatnessDeviation = "spectral_flatness_std"
        case crossings = "zero_crossing_rate"
        case crossingsDeviation = "zero_crossing_rate_std"
        case rms
        case rmsDeviation = "rms_std"
        case loudness = "loudness_lufs"
        case truePeak = "true_peak_dbtp"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(file, forKey: .file)
        try container.encode(format, forKey: .format)
        try container.encode(duration, forKey: .duration)
        try container.encode(sampleRate, forKey: .sampleRate)
        try container.encode(channels, forKey: .channels)
        try container.encode(frames, forKey: .frames)
        try container.encode(bitDepth, forKey: .bitDepth)
        try container.encode(kind, forKey: .kind)
        // `encode`, not `encodeIfPresent`: "there is none" is an answer and is written as null.
        try container.encode(bpm, forKey: .bpm)
        try container.encode(bpmConfidence, forKey: .bpmConfidence)
        try container.encode(key?.tonic, forKey: .key)
        try container.encode(key?.scale, forKey: .scale)
        try container.encode(keyConfidence, forKey: .keyConfidence)
        for (value, keys) in zip(Self.summaries, Self.summaryKeys) {
            try container.encode(self[keyPath: value].mean, forKey: keys.mean)
            try container.encode(self[keyPath: value].standardDeviation, forKey: keys.deviation)
        }
        try container.encode(loudness, forKey: .loudness)
        try container.encode(truePeak, forKey: .truePeak)
        try container.encodeIfPresent(waveform, forKey: .waveform)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func summary(_ mean: CodingKeys, _ deviation: CodingKeys) throws -> MeanAndDeviation {
            try MeanAndDeviation(
                mean: container.decode(Double.self, forKey: mean),
                standardDeviation: container.decode(Double.self, forKey: deviation))
        }
        let tonic = try container.decodeIfPresent(PitchClass.self, forKey: .key)
        let scale = try container.decodeIfPresent(Scale.self, forKey: .scale)
        try self.init(
            file: container.decodeIfPresent(String.self, forKey: .file),
            format: container.decodeIfPresent(AudioFormat.self, forKey: .format),
            duration: container.decode(Double.self, forKey: .duration),
            sampleRate: container.decode(Int.self, forKey: .sampleRate),
            channels: container.decode(Int.self, forKey: .channels),
            frames: container.decode(Int.self, forKey: .frames),
            bitDepth: container.decodeIfPresent(Int.self, forKey: .bitDepth),
            kind: container.decode(SoundKind.self, forKey: .kind),
            bpm: container.decodeIfPresent(Double.self, forKey: .bpm),
            bpmConfidence: container.decodeIfPresent(Double.self, forKey: .bpmConfidence),
            key: tonic.flatMap { tonic in scale.map { Key(tonic, $0) } },
            keyConfidence: container.decodeIfPresent(Double.self, forKey: .keyConfidence),
            spectralCentroid: summary(.centroid, .centroidDeviation),
            spectralBandwidth: summary(.bandwidth, .bandwidthDeviation),
            spectralRolloff: summary(.rolloff, .rolloffDeviation),
            spectralFlatness: summary(.flatness, .flatnessDeviation),
            zeroCrossingRate: summary(.crossings, .crossingsDeviation),
            rms: summary(.rms, .rmsDeviation),
            loudness: container.decodeIfPresent(Double.self, forKey: .loudness),
            truePeak: container.decodeIfPresent(Double.self, forKey: .truePeak),
            waveform: container.decodeIfPresent(WaveformPeaks.self, forKey: .waveform))
    }

    private static var summaries: [KeyPath<AudioFeatures, MeanAndDeviation>] {
        [\.spectralCentroid, \.spectralBandwidth, \.spectralRolloff, \.spectralFlatness, \.zeroCrossingRate, \.rms]
    }

    private static let summaryKeys: [(mean: CodingKeys, deviation: CodingKeys)] = [
        (.centroid, .centroidDeviation), (.bandwidth, .bandwidthDeviation), (.rolloff, .rolloffDeviation),
        (.flatness, .flatnessDeviation), (.crossings, .crossingsDeviation), (.rms, .rmsDeviation),
    ]
}
