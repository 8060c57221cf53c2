/// In which order the channels of surround sound come in the samples.
///
/// They differ from three channels on; ``ChannelLayout`` tells the places. A reader hands channels on as they are
/// stored, a writer puts them in the order of its format.
public enum ChannelOrder: Equatable, Sendable {
    /// WAV, AIFF, FLAC, and samples in memory.
    case wav
    /// Ogg Vorbis and Opus.
    case vorbis

    public init(_ format: AudioFormat?) {
        self = format == .ogg || format == .opus ? .vorbis : .wav
    }

    /// Which channel of this order comes at each place of `other`; `nil` where nothing moves.
    func places(in other: ChannelOrder, channels: Int) -> [Int]? {
        guard self != other, let stored = Self.wavPlaces[channels] else { return nil }
        // Places of WAV in the order of Vorbis; the way back is the inverse.
        return other == .vorbis ? stored : stored.indices.map { stored.firstIndex(of: $0) ?? $0 }
    }

    /// Source: Vorbis I specification §4.3.9; RFC 7845 §5.1.1.2.
    private static let wavPlaces: [Int: [Int]] = [
        3: [0, 2, 1], 5: [0, 2, 1, 3, 4], 6: [0, 2, 1, 4, 5, 3], 7: [0, 2, 1, 5, 6, 4, 3],
        8: [0, 2, 1, 6, 7, 4, 5, 3],
    ]
}
