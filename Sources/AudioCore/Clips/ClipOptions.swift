/// What counts as a clip of a long recording.
public struct ClipOptions: Equatable, Sendable {
    /// How loud is active.
    public var threshold: ClipThreshold
    /// Seconds that are added before and after what is active, so that soft beginnings and ends are kept; pauses of
    /// up to twice this long do not part. 0…60, default 0.5.
    public var padding: Double
    /// Seconds, padding included, that a clip lasts at least: 0…86,400, default 5.
    public var minimumLength: Double

    public init(threshold: ClipThreshold = .standard, padding: Double = 0.5, minimumLength: Double = 5) {
        (self.threshold, self.padding, self.minimumLength) = (threshold, padding, minimumLength)
    }

    /// - Throws: ``SlicingError/outOfRange(_:allowed:)`` for the first value that is none of those allowed.
    public func check() throws(SlicingError) {
        switch threshold {
        case .belowPeak(let distance): try SlicingError.check(distance, in: 1...120, "threshold, dB under the peak")
        case .adaptive(let margin): try SlicingError.check(margin, in: 1...60, "margin, dB above the noise")
        }
        try SlicingError.check(padding, in: 0...60, "padding, seconds")
        try SlicingError.check(minimumLength, in: 0...86_400, "minimum length of a clip, seconds")
    }
}
