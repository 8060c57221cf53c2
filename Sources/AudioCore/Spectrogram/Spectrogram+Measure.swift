extension Spectrogram {
    /// Measures a file, decoded front to back in blocks.
    ///
    /// As many Slaney mel bands as the picture has rows, of the mean of the channels. A column is the mean power of
    /// all frames centred in it: frames are a window of about 46 ms (2,048 samples at 44.1 kHz) and overlap by at
    /// least half, so that no sample is passed over, however long the sound is. Memory: the decoder's, and 4 bytes a
    /// pixel (8 to 16 for compressed files, whose length is not known beforehand).
    ///
    /// - Parameters:
    ///   - path: file to read; its name is not looked at.
    ///   - size: columns and bands.
    ///   - limits: what a file may ask for.
    ///   - ffmpeg: decodes M4A and AAC; without it they are refused.
    /// - Throws: ``AudioError`` for a file that cannot be read or holds no samples, `CancellationError` when the
    ///   task is cancelled.
    public static func measure(
        path: String, size: PictureSize = .spectrogram, limits: DecodeLimits = .init(), ffmpeg: FFmpeg? = nil
    ) throws -> Spectrogram {
        let file = try AudioFile(path: path, limits: limits, ffmpeg: ffmpeg)
        var meter = SpectrogramMeter(size: size, sampleRate: file.stream.sampleRate, of: file.exactFrames)
        try file.forEachPlanarBlock { block in block.withSamples(of: nil) { meter.push($0) } }
        var spectrogram = meter.finish()
        spectrogram.isTruncated = file.isTruncated
        return spectrogram
    }
}
