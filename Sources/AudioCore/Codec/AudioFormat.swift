/// The container formats that are accepted, told by content and never by file name.
public enum AudioFormat: String, Codable, Sendable, CaseIterable {
    case wav, aiff, flac, ogg, opus, mp3
    /// AAC or Apple Lossless in an MPEG-4 file.
    case m4a
    /// AAC in ADTS frames.
    case aac

    /// Whether it is decoded by ``FFmpeg`` alone.
    public var needsFFmpeg: Bool { self == .m4a || self == .aac }
}

extension AudioFormat: CustomStringConvertible {
    /// The name people use.
    public var description: String {
        switch self {
        case .wav: "WAV"
        case .aiff: "AIFF"
        case .flac: "FLAC"
        case .ogg: "Ogg Vorbis"
        case .opus: "Ogg Opus"
        case .mp3: "MP3"
        case .m4a: "M4A"
        case .aac: "AAC"
        }
    }
}
