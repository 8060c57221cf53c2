/// The outline of a sound for drawing: lowest and highest sample of equal stretches of time.
public struct WaveformPeaks: Codable, Equatable, Sendable {
    /// Lowest value of the mono mix in each stretch, full scale ±1, four decimals.
    public var min: [Float]
    /// Highest value, as above; as many as `min`.
    public var max: [Float]

    public init(min: [Float], max: [Float]) { (self.min, self.max) = (min, max) }
}
