/// Why a sound has no level that could be changed.
public enum NormalizationError: Error, Equatable, Sendable {
    /// Every sample is 0.
    case silent
    /// Less than 400 ms, the shortest that loudness is defined for.
    case tooShort
    /// All of it below −70 LUFS, which the standard takes for silence.
    case tooQuiet
    /// A level that nothing can or should have.
    case unreasonable(String)
}

extension NormalizationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .silent: "the sound is silent: there is nothing to make louder"
        case .tooShort: "the sound is shorter than 400 ms and has no loudness: normalise its peak (--peak)"
        case .tooQuiet: "the sound is below -70 LUFS, which counts as silence: normalise its peak (--peak)"
        case .unreasonable(let what): what
        }
    }
}
