/// What to compute beyond the features that are always there.
public struct AnalysisOptions: Equatable, Sendable {
    /// Stretches of the waveform outline, e.g. 800; `nil` for none.
    public var waveformPoints: Int?

    public init(waveformPoints: Int? = nil) { self.waveformPoints = waveformPoints }
}
