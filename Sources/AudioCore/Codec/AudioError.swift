/// Why a file could not be decoded or analysed.
public enum AudioError: Error, Equatable {
    case cannotOpen(path: String, reason: String)
    case notAudio
    case damaged(format: AudioFormat, reason: String)
}
