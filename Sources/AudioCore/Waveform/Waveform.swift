/// A sound, one column a pixel: lowest and highest sample and level of equal stretches of time.
///
/// Measured by ``measure(path:columns:lanes:limits:ffmpeg:)``, drawn by ``picture(size:style:peak:)``.
public struct Waveform: Equatable, Sendable {
    /// What a column shows; full scale ±1, floats beyond it are kept as they are.
    public struct Column: Equatable, Sendable {
        /// Lowest sample.
        public var min: Float
        /// Highest sample.
        public var max: Float
        /// Root of the mean of the squares, 0 or more.
        public var rms: Float

        public init(min: Float, max: Float, rms: Float) { (self.min, self.max, self.rms) = (min, max, rms) }
    }

    /// What is drawn below each other.
    public enum Lanes: String, CaseIterable, Sendable {
        /// One lane: the mean of the channels.
        case mixed
        /// One lane a channel.
        case channels
    }

    /// `[lanes][columns]`, all of the same length; a sound shorter than its columns is held, not stretched smoothly.
    public let lanes: [[Column]]
    /// Frames per second.
    public let sampleRate: Int
    /// Length in frames.
    public let frames: Int
    /// The file held less sound than its header promises; what is there was measured.
    public var isTruncated = false

    public init(lanes: [[Column]], sampleRate: Int, frames: Int) {
        (self.lanes, self.sampleRate, self.frames) = (lanes, sampleRate, frames)
    }

    /// The largest magnitude of any sample; several sounds are drawn to one scale by the largest of theirs.
    public var peak: Float {
        lanes.joined().reduce(0) { Swift.max($0, $1.max.magnitude, $1.min.magnitude) }
    }
}
