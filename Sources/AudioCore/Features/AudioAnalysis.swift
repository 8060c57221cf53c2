/// Analyses whole files and whole arrays.
public enum AudioAnalysis {
    /// Features of an audio file, decoded front to back in blocks.
    ///
    /// - Parameters:
    ///   - path: file to read; its name is not looked at.
    ///   - options: what to compute beyond the features that are always there.
    ///   - limits: what a file may ask for.
    ///   - ffmpeg: decodes M4A and AAC; without it they are refused.
    /// - Throws: ``AudioError`` for a file that cannot be read or holds no samples, `CancellationError`
    ///   when the task is cancelled: it is asked between blocks.
    public static func analyze(
        path: String, options: AnalysisOptions = .init(), limits: DecodeLimits = .init(), ffmpeg: FFmpeg? = nil
    ) throws -> AudioFeatures {
        let file = try AudioFile(path: path, limits: limits, ffmpeg: ffmpeg)
        let extractor = FeatureExtractor(stream: file.stream, options: options)
        try file.forEachBlock { try extractor.push($0) }
        var features = try extractor.finish()
        (features.isTruncated, features.embedded, features.metadata) = (file.isTruncated, file.embedded, file.metadata)
        return features
    }

    /// Features of samples in memory.
    ///
    /// - Parameters:
    ///   - interleaved: a whole number of frames, full scale ±1.
    ///   - sampleRate: frames per second, 8,000…384,000.
    ///   - channels: samples per frame, at least 1.
    ///   - options: what to compute beyond the features that are always there.
    /// - Throws: ``AudioError/empty(format:)`` for no samples, ``AudioError/damaged(format:reason:)`` for one that
    ///   is not finite or beyond +110 dBFS, `CancellationError` when the task is cancelled.
    public static func analyze(
        _ interleaved: [Float], sampleRate: Int, channels: Int = 1, options: AnalysisOptions = .init()
    ) throws -> AudioFeatures {
        // In memory there is no container; a WAV of floats is what it would be on disk.
        let stream = AudioStream(format: .wav, sampleRate: sampleRate, channels: channels, bitDepth: nil)
        let extractor = FeatureExtractor(stream: stream, format: nil, options: options, observer: nil)
        try interleaved.withUnsafeBufferPointer { samples in
            var start = 0
            while start < samples.count {
                try Task.checkCancellation()
                let end = min(start + AudioFile.blockFrames * channels, samples.count)
                try extractor.push(UnsafeBufferPointer(rebasing: samples[start..<end]))
                start = end
            }
        }
        return try extractor.finish()
    }
}
