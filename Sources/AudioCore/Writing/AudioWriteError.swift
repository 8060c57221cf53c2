/// Why a file could not be written.
public enum AudioWriteError: Error, Equatable, Sendable {
    /// There is a file of that name already.
    case exists(path: String)
    /// The folder is missing, may not be written to, or the name is no good.
    case cannotCreate(path: String, reason: String)
    /// The system did not take the bytes, as when the disk is full.
    case cannotWrite(reason: String)
    /// The format does not know the rate; it does know `use`.
    case unsupportedRate(AudioFormat, Int, use: Int)
    case unsupportedChannels(AudioFormat, Int, most: Int)
    /// A quality or bit rate that the format does not have.
    case unsupportedSetting(AudioFormat, String)
    /// The format ends at 4 GiB: AIFF always, WAV unless its length was told beforehand.
    case tooLarge(AudioFormat)
    /// A sample is NaN or infinite.
    case notFinite
    /// The library would not begin or end a file, though its format was checked.
    case encoderFailed(AudioFormat, reason: String)
}

extension AudioWriteError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .exists(let path): "'\(path)' exists already: name another file, or allow it to be replaced"
        case .cannotCreate(let path, let reason):
            "cannot create '\(path)' (\(reason)): check that its folder exists and may be written to"
        case .cannotWrite(let reason): "writing failed (\(reason)): check the disk, then try again"
        case .unsupportedRate(let format, let rate, let use):
            "\(format) has no sample rate of \(rate) Hz: resample to \(use)"
        case .unsupportedChannels(let format, let count, let most):
            "\(format) holds 1 to \(most) channels, not \(count): choose another format"
        case .unsupportedSetting(let format, let what): "\(format) cannot be written with \(what)"
        case .tooLarge(.aiff): "AIFF ends at 4 GiB: write WAV or FLAC"
        case .tooLarge(let format): "the \(format) file would pass 4 GiB: tell its length before it begins"
        case .notFinite: "a sample is not a number: what made it is broken"
        case .encoderFailed(let format, let reason):
            "the \(format) encoder failed (\(reason)): choose another format or setting"
        }
    }
}
