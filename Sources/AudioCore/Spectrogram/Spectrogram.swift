/// The spectrum of a sound over time: power in mel bands, one column a pixel.
///
/// Measured by ``measure(path:size:limits:ffmpeg:)``, drawn by ``picture(range:colors:)``.
public struct Spectrogram: Equatable, Sendable {
    /// Columns and bands.
    public let size: PictureSize
    /// Frames per second of the sound; the highest band ends at half of it.
    public let sampleRate: Int
    /// Length of the sound in frames.
    public let frames: Int
    /// Mean power, column by column, lowest band first, 0 or more.
    public let power: [Float]
    /// The file held less sound than its header promises; what is there was measured.
    public var isTruncated = false

    /// - Parameters:
    ///   - size: columns and bands.
    ///   - sampleRate: frames per second.
    ///   - frames: samples per channel.
    ///   - power: `width × height` values, 0 or more, column by column from the lowest band up.
    public init(size: PictureSize, sampleRate: Int, frames: Int, power: [Float]) {
        precondition(power.count == size.width * size.height, "a spectrogram has one value a pixel")
        (self.size, self.sampleRate, self.frames, self.power) = (size, sampleRate, frames, power)
    }
}
