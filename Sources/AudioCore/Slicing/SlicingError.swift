/// Why a recording cannot be cut as asked.
public enum SlicingError: Error, Equatable, Sendable {
    /// A parameter outside of what makes sense.
    case outOfRange(String, allowed: ClosedRange<Double>)
    /// Nothing in it begins.
    case noOnsets
    /// It has no tempo, and so no beats.
    case noBeats
    /// Longer than the stretch whose beats are known.
    case tooLongForBeats(seconds: Double)
    /// Nothing in it is louder than the threshold for long enough.
    case noClips
    /// Stems of one recording have one sample rate.
    case differentRates
    /// The file is not the one that was looked at before.
    case changed
    /// There are slices of that name already.
    case exists(path: String)
    /// The folder for the slices cannot be made or written to.
    case cannotCreate(path: String, reason: String)

    static func check(_ value: Double, in allowed: ClosedRange<Double>, _ name: String) throws(SlicingError) {
        guard allowed.contains(value) else { throw .outOfRange(name, allowed: allowed) }
    }
}

extension SlicingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .outOfRange(let name, let allowed):
            "\(name), is out of range: choose \(Self.text(allowed.lowerBound)) to \(Self.text(allowed.upperBound))"
        case .noOnsets:
            "there are no onsets in it (silence, or a sound without attacks): nothing to cut at"
        case .noBeats:
            "it has no tempo (a single hit, speech, noise, a drone): cut it at its onsets instead"
        case .tooLongForBeats(let seconds):
            "it is longer than \(Self.text(seconds)) s, beyond which beats are not told: cut it into clips or at its "
                + "onsets instead"
        case .noClips:
            "nothing in it is loud enough for long enough: lower the threshold or the minimum length"
        case .differentRates:
            "the stems differ in sample rate: convert them to one rate first"
        case .changed:
            "the file changed while it was read: try again"
        case .exists(let path):
            "'\(path)' exists: remove it, choose another folder, or allow it to be replaced"
        case .cannotCreate(let path, let reason):
            "cannot write to '\(path)' (\(reason)): choose another folder"
        }
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}
