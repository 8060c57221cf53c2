/// What is known of a sound that may come onto a pad.
public struct KitCandidate: Equatable, Sendable {
    /// Names the sound, and becomes ``KitPad/sample``: a path.
    public var sample: String
    /// Length, kind, tempo, key, note, and how it sounds.
    public var summary: SoundSummary
    /// What it is for; `nil` where that cannot be told.
    public var role: RoleEstimate?
    /// Of its loudest 400 ms, LUFS, played by two loudspeakers; `nil` for silence.
    public var loudness: Double?
    /// Samples per frame.
    public var channels: Int

    /// - Parameters:
    ///   - sample: names the sound; no two candidates have the same name.
    ///   - summary: length, kind, tempo, key, note, and how it sounds.
    ///   - role: what it is for.
    ///   - loudness: of its loudest 400 ms, LUFS.
    ///   - channels: samples per frame.
    public init(
        sample: String, summary: SoundSummary, role: RoleEstimate?, loudness: Double?, channels: Int = 2
    ) {
        (self.sample, self.summary, self.role) = (sample, summary, role)
        (self.loudness, self.channels) = (loudness, channels)
    }
}

extension KitCandidate {
    /// Shortest and longest sound a sampler takes, seconds.
    static let lengths = DeviceSound.fewestSeconds...Double(DeviceSound.mostSeconds)

    /// Why no pad can play it, and what to do; `nil` if one can.
    var unfitness: (reason: String, remedy: String)? {
        if summary.duration < Self.lengths.lowerBound { return ("shorter than 0.1 s", "lengthen it with silence") }
        if summary.duration > Self.lengths.upperBound { return ("longer than 16 minutes", "cut it") }
        if channels > 2 { return ("\(channels) channels", "mix it down to mono or stereo") }
        if loudness == nil || summary.vector == nil { return ("silent", "there is nothing to hear") }
        return nil
    }

    /// A beat, a line, anything with a tempo that lasts long enough to be repeated.
    var isLoop: Bool { summary.kind == .loop }

    /// Beats per minute as a pad takes them: doubled or halved into 40…200; `nil` without tempo.
    var padTempo: Double? { summary.bpm.flatMap(KitTempo.folded) }

    /// How sure it is that this sound is a certain thing, 0…1: what it is told for has its confidence, what it may be
    /// besides a part of that.
    func sureness(of role: Role) -> Double {
        guard let estimate = self.role else { return 0 }
        if estimate.role == role { return estimate.confidence }
        let scores = estimate.candidates
        guard let best = scores.first(where: { $0.role == estimate.role })?.score, best > 0,
            let own = scores.first(where: { $0.role == role })?.score
        else { return 0 }
        return estimate.confidence * min(1, own / best)
    }
}

extension Role {
    /// For sentences.
    var words: String {
        switch self {
        case .closedHat: "closed hat"
        case .openHat: "open hat"
        default: rawValue
        }
    }
}
