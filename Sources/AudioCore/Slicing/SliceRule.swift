/// What decides where a recording is cut.
public enum SliceRule: Equatable, Sendable {
    /// At every onset, just before its attack.
    case onsets
    /// At the first beat and every so many after it: 1…1,024.
    case beats(every: Int)
    /// Around what is played; the pauses are left out.
    case clips(ClipOptions)
}

extension SliceRule {
    /// - Throws: ``SlicingError/outOfRange(_:allowed:)``.
    public func check() throws(SlicingError) {
        switch self {
        case .onsets: break
        case .beats(let every): try SlicingError.check(Double(every), in: 1...1_024, "beats of a slice")
        case .clips(let options): try options.check()
        }
    }
}
