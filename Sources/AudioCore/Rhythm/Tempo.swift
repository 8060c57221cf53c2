/// How fast a piece is.
public struct Tempo: Equatable, Sendable {
    /// Beats per minute, 55…215.
    public var bpm: Double
    /// How likely `bpm` is within 4 % of what a listener says, 0…1: calibrated on 212 labelled files.
    public var confidence: Double
    /// Everything that was considered, best first: some 7 to 21 tempos, their probabilities sum to 1.
    ///
    /// The first is what the whole of the audio says: `bpm`, unless the tempo varies. Its half, double,
    /// 3/2 and 2/3 are among the others as far as they lie in 55…215.
    public var candidates: [TempoCandidate]
    /// Share of the 20 s sections that agree on `bpm`; 1 for audio of up to 60 s.
    public var agreement: Double

    public init(bpm: Double, confidence: Double, candidates: [TempoCandidate], agreement: Double) {
        (self.bpm, self.confidence, self.candidates, self.agreement) = (bpm, confidence, candidates, agreement)
    }

    /// Whether the piece changes its tempo: fewer than 70 % of its sections agree.
    public var varies: Bool { agreement < 0.7 }
}

/// A tempo that was considered.
public struct TempoCandidate: Codable, Equatable, Sendable {
    /// Beats per minute, 55…215.
    public var bpm: Double
    /// Share of belief among all candidates.
    public var probability: Double

    public init(bpm: Double, probability: Double) { (self.bpm, self.probability) = (bpm, probability) }
}

/// What the exact length of a short file says about its tempo.
///
/// A cleanly cut loop lasts a whole number of beats. The audio confirms or refuses it.
struct LengthEvidence: Equatable, Sendable {
    /// Seconds.
    var duration: Double
    /// RMS of the last 50 ms over the RMS of all.
    var tailLevel: Double

    /// Longer files are not loops.
    static let longest = 30.0
}
