/// The container formats that are accepted, told by content and never by file name.
public enum AudioFormat: String, Codable, Sendable, CaseIterable {
    case wav, aiff, flac, ogg, opus, mp3
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
        }
    }
}
