import CSndFile

/// An audio file, decoded front to back in blocks.
public final class AudioFile {
    public let stream: AudioStream
    private let handle: OpaquePointer

    public init(path: String) throws(AudioError) {
        var info = SF_INFO()
        guard let handle = sf_open(path, Int32(SFM_READ), &info) else {
            throw .cannotOpen(path: path, reason: String(cString: sf_strerror(nil)))
        }
        self.handle = handle
        stream = AudioStream(
            format: .wav, sampleRate: Int(info.samplerate), channels: Int(info.channels), bitDepth: nil)
    }

    deinit { sf_close(handle) }

    /// Decodes the next frames, interleaved, full scale ±1.
    ///
    /// - Parameter buffer: room for a whole number of frames.
    /// - Returns: frames written; 0 at the end of the file.
    public func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        return Int(sf_readf_float(handle, base, sf_count_t(buffer.count / stream.channels)))
    }
}
