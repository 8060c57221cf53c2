/// What a sampler wants to know about a sound: its note, where it loops, where its slices begin.
///
/// Written as the chunks `smpl` and `cue ` of a WAV. ``AudioFile/embedded`` reads note and loop again.
public struct SampleMarkers: Equatable, Sendable {
    /// MIDI note at which the sound plays unchanged, 1…127; 60 is middle C.
    public var rootNote: Int?
    /// Frames that repeat.
    public var loop: Range<Int>?
    /// Frames where slices begin.
    public var slices: [Int] = []

    public init(rootNote: Int? = nil, loop: Range<Int>? = nil, slices: [Int] = []) {
        (self.rootNote, self.loop, self.slices) = (rootNote, loop, slices)
    }
}
