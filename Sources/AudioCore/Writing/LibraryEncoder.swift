import CSndFile

/// One file being encoded by libsndfile, which writes to an ``OutputFile`` and never to a path.
final class LibraryEncoder {
    private let file: OutputFile
    private let format: AudioFormat
    private var handle: OpaquePointer?

    init(
        _ file: OutputFile, _ encoding: AudioEncoding, _ container: EncoderFormat, sampleRate: Int, channels: Int
    ) throws(AudioWriteError) {
        (self.file, format) = (file, encoding.format)
        var info = SF_INFO()
        (info.samplerate, info.channels, info.format) = (CInt(sampleRate), CInt(channels), container.code)
        var callbacks = outputCallbacks
        // The library copies the callbacks; the file is kept alive by this object, which closes the handle.
        handle = sf_open_virtual(&callbacks, CInt(SFM_WRITE), &info, Unmanaged.passUnretained(file).toOpaque())
        guard handle != nil else {
            throw file.failure ?? .encoderFailed(format, reason: String(cString: sf_strerror(nil)))
        }
        // The PEAK chunk holds the time of day: the same samples would not give the same file.
        _ = sf_command(handle, CInt(SFC_SET_ADD_PEAK_CHUNK), nil, CInt(SF_FALSE))
        if container.isRF64 { _ = sf_command(handle, CInt(SFC_RF64_AUTO_DOWNGRADE), nil, CInt(SF_TRUE)) }
        try tune(encoding, sampleRate: sampleRate, channels: channels)
    }

    deinit { if let handle { sf_close(handle) } }

    private func tune(_ encoding: AudioEncoding, sampleRate: Int, channels: Int) throws(AudioWriteError) {
        switch encoding {
        case .wav, .wavFloat, .aiff, .flac: break
        case .vorbis(let quality): try set(SFC_SET_VBR_ENCODING_QUALITY, quality)
        case .opus(let kilobits):
            // From 6 to 256 kbit/s a channel, told as how far below the most.
            let each = Double(kilobits) / Double(channels)
            try set(SFC_SET_COMPRESSION_LEVEL, min(max((256 - each) / 250, 0), 1))
        case .mp3(.constant(let kilobits)):
            setBitRateMode(SF_BITRATE_MODE_CONSTANT)
            try set(
                SFC_SET_COMPRESSION_LEVEL, MP3Rates(sampleRate: sampleRate, channels: channels).compression(kilobits))
        case .mp3(.variable(let quality)):
            setBitRateMode(SF_BITRATE_MODE_VARIABLE)
            try set(SFC_SET_COMPRESSION_LEVEL, quality / 10)
        }
    }

    /// Its answer is LAME's, where 0 is success, and so is not asked.
    private func setBitRateMode(_ mode: Int) {
        var mode = CInt(mode)
        _ = sf_command(handle, CInt(SFC_SET_BITRATE_MODE), &mode, CInt(MemoryLayout<CInt>.size))
    }

    private func set<Value>(_ command: Int, _ value: Value) throws(AudioWriteError) {
        var value = value
        let result = withUnsafeMutableBytes(of: &value) { bytes in
            sf_command(handle, CInt(command), bytes.baseAddress, CInt(bytes.count))
        }
        guard result != SF_FALSE else { throw .encoderFailed(format, reason: "it refuses its quality") }
    }

    /// Sets what stands before the samples.
    func describe(_ metadata: AudioMetadata?, _ markers: SampleMarkers) throws(AudioWriteError) {
        for (key, value) in [
            (SF_STR_TITLE, metadata?.title), (SF_STR_ARTIST, metadata?.artist), (SF_STR_ALBUM, metadata?.album),
            (SF_STR_GENRE, metadata?.genre), (SF_STR_COMMENT, metadata?.comment), (SF_STR_DATE, metadata?.date),
            (SF_STR_COPYRIGHT, metadata?.copyright),
        ] {
            // A zero would end the text for the library.
            if let value { _ = sf_set_string(handle, CInt(key), value.filter { $0 != "\0" }) }
        }
        if format == .wav { try mark(markers) }
    }

    private func mark(_ markers: SampleMarkers) throws(AudioWriteError) {
        if markers.rootNote != nil || markers.loop != nil { try set(SFC_SET_INSTRUMENT, SF_INSTRUMENT(markers)) }
        if !markers.slices.isEmpty { try markSlices(markers.slices) }
    }

    /// The library's list of cues begins with their count.
    private func markSlices(_ slices: [Int]) throws(AudioWriteError) {
        let start = MemoryLayout<UInt32>.size
        let size = start + slices.count * MemoryLayout<SF_CUE_POINT>.stride
        let list = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
        defer { list.deallocate() }
        list.storeBytes(of: UInt32(clamping: slices.count), as: UInt32.self)
        for (index, slice) in slices.enumerated() {
            var cue = SF_CUE_POINT()
            cue.indx = Int32(clamping: index + 1)
            cue.position = UInt32(clamping: slice)
            cue.fcc_chunk = 0x6174_6164  // "data"
            cue.sample_offset = UInt32(clamping: slice)
            list.storeBytes(
                of: cue, toByteOffset: start + index * MemoryLayout<SF_CUE_POINT>.stride, as: SF_CUE_POINT.self)
        }
        guard sf_command(handle, CInt(SFC_SET_CUE), list, CInt(size)) != SF_FALSE else {
            throw .encoderFailed(format, reason: "it refuses the slices")
        }
    }

    func write(_ integers: UnsafePointer<Int32>, frames: Int) throws(AudioWriteError) {
        try check(sf_writef_int(handle, integers, sf_count_t(frames)), frames)
    }

    func write(_ floats: UnsafePointer<Float>, frames: Int) throws(AudioWriteError) {
        try check(sf_writef_float(handle, floats, sf_count_t(frames)), frames)
    }

    private func check(_ written: sf_count_t, _ frames: Int) throws(AudioWriteError) {
        if let failure = file.failure { throw failure }
        guard Int(written) == frames else {
            throw .encoderFailed(format, reason: String(cString: sf_strerror(handle)))
        }
    }

    /// Writes what is still held back, and the final header.
    func close() throws(AudioWriteError) {
        let result = sf_close(handle)
        handle = nil
        if let failure = file.failure { throw failure }
        guard result == 0 else {
            throw .encoderFailed(format, reason: String(cString: sf_error_number(result)))
        }
    }
}

extension SF_INSTRUMENT {
    fileprivate init(_ markers: SampleMarkers) {
        self.init()
        gain = 1
        basenote = CChar(clamping: markers.rootNote ?? 60)
        (velocity_hi, key_hi) = (127, 127)
        guard let loop = markers.loop else { return }
        loop_count = 1
        // Swift does not see the nameless struct behind the count: mode, start, end.
        let fields = [
            UInt32(SF_LOOP_FORWARD), UInt32(clamping: loop.lowerBound), UInt32(clamping: loop.upperBound),
        ]
        let first = (MemoryLayout.offset(of: \SF_INSTRUMENT.loop_count) ?? 0) + MemoryLayout<CInt>.size
        withUnsafeMutableBytes(of: &self) { bytes in
            for (index, field) in fields.enumerated() {
                bytes.storeBytes(of: field, toByteOffset: first + 4 * index, as: UInt32.self)
            }
        }
    }
}

private var outputCallbacks: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
        get_filelen: { sf_count_t(outputFile($0)?.count ?? 0) },
        seek: { offset, whence, user in
            guard let file = outputFile(user) else { return -1 }
            let origin =
                switch Int(whence) {
                case SF_SEEK_SET: 0
                case SF_SEEK_CUR: file.offset
                default: file.count
                }
            return sf_count_t(file.seek(to: origin + Int(offset)))
        },
        read: { buffer, count, user in
            guard count > 0 else { return 0 }
            let room = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
            return sf_count_t(outputFile(user)?.read(into: room) ?? 0)
        },
        write: { buffer, count, user in
            guard count > 0 else { return 0 }
            return sf_count_t(outputFile(user)?.write(UnsafeRawBufferPointer(start: buffer, count: Int(count))) ?? 0)
        },
        tell: { sf_count_t(outputFile($0)?.offset ?? 0) })
}

private func outputFile(_ user: UnsafeMutableRawPointer?) -> OutputFile? {
    user.map { Unmanaged<OutputFile>.fromOpaque($0).takeUnretainedValue() }
}
