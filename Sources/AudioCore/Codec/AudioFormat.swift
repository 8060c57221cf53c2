/// The container formats that are accepted, told by content and never by file name.
public enum AudioFormat: String, Codable, Sendable, CaseIterable {
    case wav, aiff, flac, ogg, opus, mp3
}
