/// How loud a frame must be to be more than the silence between takes.
public enum ClipThreshold: Equatable, Sendable {
    /// So many dB under the loudest frame: 1…120.
    case belowPeak(Double)
    /// So many dB above the noise of the recording: 1…60.
    ///
    /// The noise is the level that a twentieth of all frames stay under, digital silence not counted. The threshold
    /// stays between 60 and 20 dB under the loudest frame: so what dies away into no noise at all still ends
    /// somewhere, and a recording without pauses is not taken for noise.
    ///
    /// Source: V. Stahl, A. Fischer, R. Bippus, "Quantile based noise estimation for spectral subtraction and Wiener
    /// filtering", ICASSP 2000: even while somebody plays, low quantiles of the level over time are noise. Theirs is
    /// the median in each band, for speech; pauses of a recording session may be much rarer.
    case adaptive(margin: Double)

    /// 40 dB under the loudest frame.
    public static let standard = ClipThreshold.belowPeak(40)
    /// 10 dB above the noise.
    public static let adaptive = ClipThreshold.adaptive(margin: 10)
}

extension ClipThreshold {
    /// Share of the frames that are taken for noise alone.
    private static let noiseShare = 0.05
    /// dB under the loudest frame.
    private static let adaptiveRange = -60.0 ... -20.0

    /// For one curve, dBFS.
    ///
    /// - Parameter peak: level of its loudest frame.
    func level(of curve: ActivityCurve, peak: Double) -> Double {
        switch self {
        case .belowPeak(let distance): return peak - distance
        case .adaptive(let margin):
            let noise = curve.level(atShare: Self.noiseShare) ?? peak
            return min(max(noise + margin, peak + Self.adaptiveRange.lowerBound), peak + Self.adaptiveRange.upperBound)
        }
    }
}
