/// How a recording is cut.
public struct SliceOptions: Equatable, Sendable {
    /// Seconds over which slices come in and go out: 0…1, default 0.002.
    ///
    /// Raised cosine. None where the file itself begins and ends, and none on an attack: a slice that begins with
    /// one has faded in before it, if there is time.
    public var fade: Double
    /// Seconds that a slice lasts at least: 0…3,600, default 0.03. A cut that would leave less is left out.
    public var minimumLength: Double
    /// Seconds by which a cut may be moved to where the mean of the channels crosses zero: 0…0.02, default 0.005.
    public var snap: Double

    public init(fade: Double = 0.002, minimumLength: Double = 0.03, snap: Double = 0.005) {
        (self.fade, self.minimumLength, self.snap) = (fade, minimumLength, snap)
    }

    /// - Throws: ``SlicingError/outOfRange(_:allowed:)`` for the first value that is none of those allowed.
    public func check() throws(SlicingError) {
        try SlicingError.check(fade, in: 0...1, "fade, seconds")
        try SlicingError.check(minimumLength, in: 0...3_600, "minimum length of a slice, seconds")
        try SlicingError.check(snap, in: 0...0.02, "snap, seconds")
    }
}
