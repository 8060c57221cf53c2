extension AudioFormat {
    /// How many first bytes of a file ``sniff(_:)`` wants: two MP3 frames of the largest size fit.
    ///
    /// A shorter head is enough for every format but MP3, and for whole files that are shorter.
    public static let sniffLength = 4096

    /// Tells an accepted format by its first bytes.
    ///
    /// - WAV: `RIFF`, `RIFX`, `RF64` or `BW64` with form `WAVE`. AIFF: `FORM` with `AIFF` or `AIFC`.
    /// - FLAC: `fLaC`, also behind an ID3v2 tag that ends within the head.
    /// - Ogg: by the codec of the first page; only Vorbis and Opus are known.
    /// - M4A: a `ftyp` box with a brand of MPEG-4 or QuickTime, also that of a video.
    /// - AAC: two ADTS headers, as for MP3.
    /// - MP3: a legal layer III header at the start and a second, agreeing one where the first frame
    ///   ends; or an ID3v2 tag longer than the head, which says nothing about what it introduces:
    ///   ``AudioFile`` looks behind it and has the last word.
    ///
    /// - Parameter head: the first ``sniffLength`` bytes of the file, or all of a shorter one.
    /// - Returns: the format, or `nil`: the file is to be refused.
    /// - Complexity: O(1); copies the head.
    public static func sniff(_ head: some Collection<UInt8>) -> AudioFormat? {
        let head = HeaderBytes(Array(head.prefix(sniffLength)), .big)
        var start = ID3Tag.endOfTags(in: head)
        // Tags are padded, and some forget to count it.
        while start > 0, head.u8(at: start) == 0 { start += 1 }
        guard start == 0 || start < head.count else { return head.count == sniffLength ? .mp3 : nil }
        return sniff(head, at: start)
    }

    /// The format that begins at `start`, behind any tags.
    static func sniff(_ head: HeaderBytes, at start: Int) -> AudioFormat? {
        switch head.tag(at: start) {
        case "RIFF", "RIFX", "RF64", "BW64": start == 0 && head.tag(at: 8) == "WAVE" ? .wav : nil
        case "FORM": start == 0 && ["AIFF", "AIFC"].contains(head.tag(at: 8)) ? .aiff : nil
        case "fLaC": .flac
        case "OggS": start == 0 ? OggIdentity(firstPage: head)?.format : nil
        case _ where start == 0 && MP4Header.hasKnownBrand(head): .m4a
        case _ where ADTSFrame.leadsStream(head, at: start): .aac
        default: MPEGFrame.leadsStream(head, at: start) ? .mp3 : nil
        }
    }
}
