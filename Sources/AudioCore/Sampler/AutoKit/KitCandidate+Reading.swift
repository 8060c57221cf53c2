extension KitCandidate {
    /// The facts of an audio file.
    ///
    /// - Parameters:
    ///   - path: the file, which also names the candidate.
    ///   - ffmpeg: decodes M4A and AAC; without it they are refused.
    /// - Throws: ``AudioError`` for a file that cannot be read, `CancellationError` when the task is cancelled.
    public init(path: String, ffmpeg: FFmpeg? = nil) throws {
        // A pad plays mono on both loudspeakers.
        let options = AnalysisOptions(dualMono: true, similarity: true)
        let features = try AudioAnalysis.analyze(path: path, options: options, ffmpeg: ffmpeg)
        self.init(
            sample: path, summary: SoundSummary(features), role: features.role,
            loudness: features.loudness.momentaryMaximum, channels: features.channels)
        if loudness == nil, features.duration < Self.loudnessWindow {
            loudness = try Self.shortLoudness(path: path, ffmpeg: ffmpeg)
        }
    }

    /// Seconds over which loudness is measured.
    private static let loudnessWindow = 0.4

    /// A hit shorter than the window, with silence behind it: that is how it is heard.
    private static func shortLoudness(path: String, ffmpeg: FFmpeg?) throws -> Double? {
        let file = try AudioFile(path: path, ffmpeg: ffmpeg)
        let (rate, channels) = (file.stream.sampleRate, file.stream.channels)
        let layout: ChannelLayout = channels == 1 ? .dualMono : .standard(channels: channels)
        var meter = LoudnessMeter(sampleRate: Double(rate), layout: layout)
        try file.forEachPlanarBlock { block in
            meter.push(block.planar.base, stride: BlockBuffer.length, count: block.count)
        }
        // Half a second: the window is full whatever the rounding of its parts.
        let silence = [Float](repeating: 0, count: channels * (rate / 2))
        silence.withUnsafeBufferPointer { silence in
            guard let base = silence.baseAddress else { return }
            meter.push(base, stride: rate / 2, count: rate / 2)
        }
        return meter.momentaryMaximum
    }
}
