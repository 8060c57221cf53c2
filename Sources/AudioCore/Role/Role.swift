/// What a sound is for in a piece: the slot of a kit it goes into.
public enum Role: String, Codable, Sendable, CaseIterable {
    case kick, snare
    /// A hi-hat that is shut at once, or by the pedal.
    case closedHat = "closed-hat"
    /// A hi-hat that rings for some tenths of a second.
    case openHat = "open-hat"
    case clap, tom
    /// Crash, ride, splash, china: rings for a second and more.
    case cymbal
    /// Any other hit: cowbell, woodblock, conga, shaker, tambourine, rim click.
    case percussion
    case bass
    /// Notes and chords above the bass, held or plucked.
    case melodic
    /// Speech and singing.
    case vocal
    /// Noises and sweeps that are neither struck nor played.
    case fx
    /// Several strokes of different drums: a beat, a fill, a break.
    case drums

    /// What a loop can be: a loop of kicks is drums.
    static let ofLoops: Set<Role> = [.bass, .melodic, .vocal, .fx, .drums]
}
