import CSndFile

/// FLAC, Vorbis, Opus and MP3 through libsndfile, which sees a ``VirtualFile`` and never a path.
///
/// It never seeks on our behalf and its claimed length is not asked for: frames are counted.
final class LibrarySource: FrameSource {
    let stream: AudioStream
    private(set) var isTruncated: Bool
    var metadata: AudioMetadata? { input.metadata }
    var mostFrames: Int? { input.mostFrames }
    // FLAC stores integers.
    var needsRepair: Bool { stream.format != .flac }

    private let input: CheckedInput
    private let bytes: VirtualFile
    private let handle: OpaquePointer
    private var framesRead = 0
    private var hasEnded = false
    /// One portion that was decoded for a caller who wants less, and the samples of it not yet taken.
    private var portion: UnsafeMutableBufferPointer<Float>?
    private var held = 0..<0

    /// The library is always asked for so many frames: behind damage what it gives depends on what it is asked
    /// for (libFLAC fills a gap with more silence than the rest of a request holds, and that is lost).
    private static let portionFrames = 4_096

    init(_ file: InputFile, _ input: CheckedInput, _ limits: DecodeLimits) throws(AudioError) {
        let format = input.stream.format
        let bytes = VirtualFile(file, input.parts, hasKnownEnd: format != .mp3)
        var callbacks = virtualCallbacks
        var info = SF_INFO()
        // The library copies the callbacks; the file is kept alive by this object, which closes the handle.
        guard
            let handle = sf_open_virtual(
                &callbacks, CInt(SFM_READ), &info, Unmanaged.passUnretained(bytes).toOpaque())
        else {
            throw bytes.failure ?? .damaged(format: format, reason: "the decoder refuses its headers")
        }
        (self.bytes, self.handle, self.input) = (bytes, handle, input)
        isTruncated = input.isTruncated
        stream = AudioStream(
            format: format, sampleRate: Int(info.samplerate), channels: Int(info.channels),
            bitDepth: input.stream.bitDepth)
        // Buffers are sized by what was checked: a decoder of another opinion is not heard.
        try limits.check(sampleRate: stream.sampleRate, channels: stream.channels)
        guard stream == input.stream else {
            throw .damaged(format: format, reason: "header and decoder disagree on rate or channels")
        }
    }

    deinit {
        sf_close(handle)
        portion?.deallocate()
    }

    func read(into output: UnsafeMutablePointer<Float>, frames: Int) throws(AudioError) -> Int {
        if held.isEmpty, frames >= Self.portionFrames { return try decodePortion(to: output) }
        let portion = portion ?? .allocate(capacity: Self.portionFrames * stream.channels)
        self.portion = portion
        guard let base = portion.baseAddress else { return 0 }
        if held.isEmpty { held = try 0..<decodePortion(to: base) * stream.channels }
        let count = min(held.count, frames * stream.channels)
        output.update(from: base + held.lowerBound, count: count)
        held = held.lowerBound + count..<held.upperBound
        return count / stream.channels
    }

    private func decodePortion(to output: UnsafeMutablePointer<Float>) throws(AudioError) -> Int {
        guard !hasEnded else { return 0 }
        let count = Int(sf_readf_float(handle, output, sf_count_t(Self.portionFrames)))
        if let failure = bytes.failure { throw failure }
        guard (0...Self.portionFrames).contains(count) else {
            throw .damaged(format: stream.format, reason: "the decoder gave an impossible count")
        }
        framesRead += count
        if sf_error(handle) != 0 {
            try endByError()
        } else if count < Self.portionFrames {
            end()
        }
        return count
    }

    /// Tells a file that is cut short, whose sound so far is good, from one whose content is wrong.
    private func endByError() throws(AudioError) {
        // All that was promised is there: what follows is a tag or padding.
        if let claimed = input.claimedFrames, framesRead >= claimed { return hasEnded = true }
        // A FLAC frame carries a checksum: what fails it is not sound. Only a search for a next frame that
        // met the end of the file is a cut. The lossy decoders skip what they cannot read.
        let isCut =
            stream.format != .flac
            || (bytes.isExhausted && String(cString: sf_strerror(handle)).contains("lost sync"))
        guard isCut, framesRead > 0 else {
            throw .damaged(format: stream.format, reason: "a frame fails its checks")
        }
        isTruncated = true
        hasEnded = true
    }

    private func end() {
        hasEnded = true
        if let claimed = input.claimedFrames, framesRead < claimed { isTruncated = true }
    }
}

private var virtualCallbacks: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
        get_filelen: { sf_count_t(virtualFile($0)?.count ?? 0) },
        seek: { offset, whence, user in
            let origin: VirtualFile.Origin =
                switch Int(whence) {
                case SF_SEEK_SET: .start
                case SF_SEEK_CUR: .current
                default: .end
                }
            return sf_count_t(virtualFile(user)?.seek(Int(offset), from: origin) ?? -1)
        },
        read: { buffer, count, user in
            guard count > 0 else { return 0 }
            let room = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
            return sf_count_t(virtualFile(user)?.read(into: room) ?? 0)
        },
        write: { _, _, _ in 0 },
        tell: { sf_count_t(virtualFile($0)?.offset ?? 0) })
}

private func virtualFile(_ user: UnsafeMutableRawPointer?) -> VirtualFile? {
    user.map { Unmanaged<VirtualFile>.fromOpaque($0).takeUnretainedValue() }
}
