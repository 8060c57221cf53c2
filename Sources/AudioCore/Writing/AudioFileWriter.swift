/// Writes an audio file front to back, in any format of ``AudioEncoding``.
///
/// The file appears under its name when ``finish()`` returns, complete; until then, and if it never does, there is
/// nothing. The same samples give the same samples back however they are portioned: exactly, if they lie on the
/// steps of an integer format or floats are stored; within half a step (16 bits: one and a half, for the dither)
/// if not. Frames are kept to the exact count by every format; MP3 and Opus carry how much of their first and last
/// blocks to leave out.
///
/// Memory is bounded whatever the length. Not safe to share between threads.
public final class AudioFileWriter {
    /// What may be said about a file beyond its samples.
    public struct Options: Sendable {
        /// Takes the place of an existing file.
        public var replacesExisting = false
        /// Whether rounding to 16 bits is dithered.
        public var dithers = true
        /// Frames that will be written, roughly. A WAV of more than 4 GiB must know beforehand.
        public var expectedFrames: Int?
        /// In which order channels are handed over.
        public var channelOrder = ChannelOrder.wav
        /// Title, artist, album, genre, comment, date and copyright of it are written, in every format.
        public var metadata: AudioMetadata?
        /// Kept by WAV alone.
        public var markers = SampleMarkers()

        public init() {}
    }

    public let encoding: AudioEncoding
    public let channels: Int
    /// Frames taken so far.
    public private(set) var framesWritten = 0
    /// Samples so far that an integer format cut to full scale.
    public var clippedSamples: Int { quantizer?.clipped ?? 0 }

    private let encoder: LibraryEncoder
    private let file: OutputFile
    private let mostFrames: Int
    private let places: [Int]?
    private var quantizer: Quantizer?
    private let integers: UnsafeMutablePointer<Int32>
    private let floats: UnsafeMutablePointer<Float>
    private var failure: AudioWriteError?
    private var isFinished = false

    /// Frames handed to the encoder at once. libsndfile's Vorbis analysis takes what it is given onto the stack.
    private static let portion = 1_024

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - path: where it will appear.
    ///   - encoding: format, and bits or quality.
    ///   - sampleRate: frames per second, one that the format has: ``AudioEncoding/nearestRate(to:)``.
    ///   - channels: samples per frame, at most ``AudioEncoding/mostChannels``.
    ///   - options: what else may be said.
    /// - Throws: ``AudioWriteError``, before anything is created where the format does not fit.
    public init(
        path: String, encoding: AudioEncoding, sampleRate: Int, channels: Int, options: Options = .init()
    ) throws(AudioWriteError) {
        try encoding.check(sampleRate: sampleRate, channels: channels)
        let frameBytes = channels * ((encoding.integerDepth?.rawValue ?? 32) / 8)
        let container = EncoderFormat(
            encoding, channels: channels, expectedFrames: options.expectedFrames, frameBytes: frameBytes)
        file = try OutputFile(path: path, replaces: options.replacesExisting)
        encoder = try LibraryEncoder(file, encoding, container, sampleRate: sampleRate, channels: channels)
        try encoder.describe(options.metadata, options.markers)
        (self.encoding, self.channels) = (encoding, channels)
        mostFrames = container.mostBytes.map { $0 / frameBytes } ?? .max
        places = options.channelOrder.places(in: ChannelOrder(encoding.format), channels: channels)
        quantizer = encoding.integerDepth.map { Quantizer($0, dithers: options.dithers) }
        integers = .allocate(capacity: Self.portion * channels)
        floats = .allocate(capacity: Self.portion * channels)
    }

    deinit {
        integers.deallocate()
        floats.deallocate()
    }

    /// Takes the next samples.
    ///
    /// - Parameter interleaved: a whole number of frames, any number; full scale ±1.
    /// - Throws: ``AudioWriteError``, the same one again if called again: the file is lost.
    public func write(_ interleaved: UnsafeBufferPointer<Float>) throws(AudioWriteError) {
        precondition(interleaved.count % channels == 0, "a portion holds a whole number of frames")
        precondition(!isFinished, "nothing is written to a file that is finished")
        if let failure { throw failure }
        do throws(AudioWriteError) {
            try writePortions(of: interleaved)
        } catch {
            failure = error
            throw error
        }
    }

    /// Completes the file and gives it its name.
    ///
    /// - Throws: ``AudioWriteError``; there is no file then.
    public func finish() throws(AudioWriteError) {
        try complete()
        try publish()
    }

    /// Ends the encoding: all bytes are at ``temporaryPath``, to be looked at before they are published.
    func complete() throws(AudioWriteError) {
        precondition(!isFinished, "a file is finished once")
        isFinished = true
        if let failure { throw failure }
        try encoder.close()
    }

    /// Gives the completed file its name.
    func publish() throws(AudioWriteError) { try file.publish() }

    /// Where the bytes are until they are published.
    var temporaryPath: String { file.temporary }

    private func writePortions(of interleaved: UnsafeBufferPointer<Float>) throws(AudioWriteError) {
        guard interleaved.count / channels <= mostFrames - framesWritten else { throw .tooLarge(encoding.format) }
        var start = 0
        while start < interleaved.count {
            let end = min(start + Self.portion * channels, interleaved.count)
            try writePortion(UnsafeBufferPointer(rebasing: interleaved[start..<end]))
            framesWritten += (end - start) / channels
            start = end
        }
    }

    private func writePortion(_ samples: UnsafeBufferPointer<Float>) throws(AudioWriteError) {
        try arrange(samples)
        let arranged = UnsafeBufferPointer(start: floats, count: samples.count)
        if quantizer != nil {
            quantizer?.quantize(arranged, to: integers)
            try encoder.write(integers, frames: samples.count / channels)
        } else {
            try encoder.write(floats, frames: samples.count / channels)
        }
    }

    /// Copies to `floats`, in the order of the format.
    private func arrange(_ samples: UnsafeBufferPointer<Float>) throws(AudioWriteError) {
        var sum: Float = 0
        if let places {
            for frame in stride(from: 0, to: samples.count, by: channels) {
                for place in 0..<channels {
                    floats[frame + place] = samples[frame + places[place]]
                    sum += floats[frame + place] * 0
                }
            }
        } else {
            for index in 0..<samples.count {
                floats[index] = samples[index]
                sum += samples[index] * 0
            }
        }
        // Nothing but NaN and infinity give anything but 0 here.
        guard sum == 0 else { throw .notFinite }
    }
}

extension AudioFileWriter {
    /// Takes the next samples of an array.
    public func write(_ interleaved: [Float]) throws(AudioWriteError) {
        try interleaved.withUnsafeBufferPointer { buffer throws(AudioWriteError) in try write(buffer) }
    }
}
