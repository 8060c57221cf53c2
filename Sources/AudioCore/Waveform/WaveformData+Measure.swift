extension WaveformData {
    /// Measures a file, decoded front to back in blocks.
    ///
    /// Values of 16-bit files are those of `audiowaveform`: samples as they are, the mean of the channels rounded
    /// towards 0. Memory: the decoder's, and 4 bytes a point and lane, at most 64 MiB (and as much again while the
    /// list grows).
    ///
    /// - Parameters:
    ///   - path: file to read; its name is not looked at.
    ///   - zoom: samples a point; for a width, files whose length only decoding can tell are decoded twice.
    ///   - lanes: the mean of the channels, or each of them.
    ///   - limits: what a file may ask for.
    ///   - ffmpeg: decodes M4A and AAC; without it they are refused.
    /// - Throws: ``WaveformDataError``, ``AudioError`` for a file that cannot be read or holds no samples,
    ///   `CancellationError` when the task is cancelled.
    public static func measure(
        path: String, zoom: Zoom = .samplesPerPixel(256), lanes: Waveform.Lanes = .mixed,
        limits: DecodeLimits = .init(), ffmpeg: FFmpeg? = nil
    ) throws -> WaveformData {
        let file = try AudioFile(path: path, limits: limits, ffmpeg: ffmpeg)
        let samples: Int
        switch zoom {
        case .samplesPerPixel(let wanted): samples = wanted
        case .width(let width):
            let frames = try file.exactFrames ?? length(of: path, limits, ffmpeg)
            samples = max(zooms.lowerBound, (frames - 1) / max(1, width) + 1)
        }
        var meter = try WaveformDataMeter(
            samplesPerPixel: samples, lanes: lanes == .mixed ? 1 : file.stream.channels)
        try file.forEachPlanarBlock { try meter.push($0, isMixed: lanes == .mixed) }
        var data = WaveformData(
            sampleRate: file.stream.sampleRate, samplesPerPixel: samples, channels: meter.lanes,
            values: try meter.finish())
        data.isTruncated = file.isTruncated
        return data
    }

    private static func length(of path: String, _ limits: DecodeLimits, _ ffmpeg: FFmpeg?) throws -> Int {
        let file = try AudioFile(path: path, limits: limits, ffmpeg: ffmpeg)
        try file.forEachBlock { _ in }
        return file.framesRead
    }
}
