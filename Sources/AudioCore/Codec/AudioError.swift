/// Why a file could not be decoded or analysed.
///
/// Messages name the format and what is wrong, never bytes or text out of the file.
public enum AudioError: Error, Equatable, Sendable {
    /// The file is not there, may not be read, or is no regular file.
    case cannotOpen(path: String, reason: String)
    /// The system failed to deliver bytes of an opened file.
    case cannotRead(reason: String)
    /// The first bytes are none of the accepted formats.
    case notAudio
    /// A known container or codec that is refused on purpose; `what` names it.
    case unsupported(what: String)
    /// The format is decoded by ``FFmpeg``, which was not passed.
    case needsFFmpeg(format: AudioFormat, isInstalled: Bool)
    /// The format is right, its content is not.
    case damaged(format: AudioFormat, reason: String)
    /// The file asks for more than ``DecodeLimits`` allow.
    case limitExceeded(DecodeLimits.Excess)
    /// A well-formed file without a single whole frame.
    case empty(format: AudioFormat)
}

extension AudioError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "cannot open '\(path)' (\(reason)): check that the file exists and may be read"
        case .cannotRead(let reason):
            "reading the audio file failed (\(reason)): check the disk, then try again"
        case .notAudio:
            "the first bytes are no audio format known here: send WAV, AIFF, FLAC, Ogg Vorbis, Opus or MP3"
        case .unsupported(let what):
            "\(what) is not supported: convert it to WAV, AIFF, FLAC, Ogg Vorbis, Opus or MP3"
        case .needsFFmpeg(let format, let isInstalled):
            "\(format) needs ffmpeg, which is not \(isInstalled ? "switched on" : "installed"): "
                + "convert it to WAV, AIFF, FLAC, Ogg Vorbis, Opus or MP3"
        case .damaged(let format, let reason):
            "the \(format) file is damaged (\(reason)): export it again from its source"
        case .limitExceeded(let excess):
            "the file exceeds a limit (\(excess)): shorten or convert it"
        case .empty(let format):
            "the \(format) file holds no sound: export it again from its source"
        }
    }
}
