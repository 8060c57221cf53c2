/// The outline of a sound as data for players in a browser: peaks.js, wavesurfer.js and all that read the files of
/// BBC's `audiowaveform`, version 2.
///
/// Measured by ``measure(path:zoom:lanes:limits:ffmpeg:)``, written by ``write(_:bits:to:)``.
///
/// Source: github.com/bbc/audiowaveform, doc/DataFormat.md.
public struct WaveformData: Equatable, Sendable {
    /// How many samples a point holds.
    public enum Zoom: Equatable, Sendable {
        /// Frames from one point to the next, 2 or more.
        case samplesPerPixel(Int)
        /// So few that the whole sound has at most this many points.
        case width(Int)
    }

    /// Values kept at most, two a point and lane: 64 MiB. Three hours at 44.1 kHz in stereo from 57 samples a
    /// point on.
    public static let mostValues = 1 << 25
    /// What ``samplesPerPixel`` may be.
    public static let zooms = 2...Int(Int32.max)

    /// Frames per second.
    public let sampleRate: Int
    /// Frames from one point to the next; the last point may hold fewer.
    public let samplesPerPixel: Int
    /// Lanes: 1 for the mean of the channels.
    public let channels: Int
    /// Lowest and highest sample in turn, lane by lane, point by point; full scale ±32,768, cut there.
    public let values: [Int16]
    /// The file held less sound than its header promises; what is there was measured.
    public var isTruncated = false

    public init(sampleRate: Int, samplesPerPixel: Int, channels: Int, values: [Int16]) {
        precondition(channels > 0 && values.count.isMultiple(of: 2 * channels), "two values a point and lane")
        precondition(Self.zooms.contains(samplesPerPixel), "a point holds 2 samples at least")
        (self.sampleRate, self.samplesPerPixel) = (sampleRate, samplesPerPixel)
        (self.channels, self.values) = (channels, values)
    }

    /// Points a lane.
    public var length: Int { values.count / (2 * channels) }
}

/// Why there is no waveform data.
public enum WaveformDataError: Error, Equatable, Sendable {
    case zoom(Int)
    case tooLong(samplesPerPixel: Int)
}

extension WaveformDataError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .zoom(let samples):
            "\(samples) samples a pixel: the format has \(WaveformData.zooms.lowerBound) to "
                + "\(WaveformData.zooms.upperBound)"
        case .tooLong(let samples):
            "at \(samples) samples a pixel there are more than \(WaveformData.mostValues) values: take more samples "
                + "a pixel"
        }
    }
}
