/// What to compute beyond the features that are always there.
public struct AnalysisOptions: Equatable, Sendable {
    /// Stretches of the waveform outline, e.g. 800; `nil` for none.
    public var waveformPoints: Int?

    /// Whether the loudness of mono is that of both loudspeakers playing it, 3.01 LU more.
    public var dualMono: Bool

    /// Whether to make the vector that tells how like another sound it is.
    public var similarity: Bool

    /// Whether to make the fingerprint that tells copies of it.
    public var fingerprint: Bool

    public init(
        waveformPoints: Int? = nil, dualMono: Bool = false, similarity: Bool = false, fingerprint: Bool = false
    ) {
        (self.waveformPoints, self.dualMono) = (waveformPoints, dualMono)
        (self.similarity, self.fingerprint) = (similarity, fingerprint)
    }
}
