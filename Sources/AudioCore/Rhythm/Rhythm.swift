/// When things happen in a piece of audio: onsets, tempo, beats.
///
/// All of it is told from the first ten minutes.
public struct Rhythm: Equatable, Sendable {
    /// `nil` for drones, single hits, speech, noise and silence.
    public var tempo: Tempo?
    /// When notes and hits begin: seconds, ascending, at least 30 ms apart.
    public var onsets: [Double]
    /// When the beats of `tempo` are: seconds, ascending; empty without a tempo.
    public var beats: [Double]

    public init(tempo: Tempo? = nil, onsets: [Double] = [], beats: [Double] = []) {
        (self.tempo, self.onsets, self.beats) = (tempo, onsets, beats)
    }
}

extension Rhythm {
    /// - Parameters:
    ///   - envelopes: of the whole piece, not sharpened.
    ///   - length: of the whole piece.
    init(envelopes: OnsetEnvelopes, length: LengthEvidence) {
        onsets = OnsetDetector(envelopes: envelopes).onsets()
        tempo = TempoEstimator(envelopes: envelopes, length: length).estimate(onsets: onsets)
            .map(TempoVote(envelopes: envelopes).adjust)
        beats = []
        guard let tempo else { return }
        beats =
            BeatTracker(envelopes: envelopes, onsets: onsets, bpm: tempo.bpm, duration: length.duration).beats()
    }
}
