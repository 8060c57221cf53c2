/// Where the loudspeaker of each channel stands, in the order the channels come in the samples.
///
/// The order is the container's: 5.1 is L R C LFE Ls Rs in WAV, AIFF and FLAC, but L C R Ls Rs LFE in Vorbis
/// and Opus, whose decoders hand the channels on as they are stored. Taken for one another, the LFE would
/// be heard and a surround channel left out.
public struct ChannelLayout: Equatable, Sendable {
    /// As far as loudness tells places apart.
    public enum Speaker: Equatable, Sendable {
        /// Between 60° and 120° to the side, where the head makes sound louder: Ls and Rs of 5.1.
        case side
        /// Anywhere else: front, back, above.
        case other
        /// The effects channel, which is not measured.
        case lowFrequency
        /// One channel that is going to be played by left and right.
        case both
    }

    /// One for each channel, in the order of the samples.
    public let speakers: [Speaker]

    public init(_ speakers: [Speaker]) { self.speakers = speakers }

    /// One channel, measured as what two loudspeakers make of it: 3.01 LU more than ``standard(channels:)``
    /// gives, which measures mono as one loudspeaker, as ITU-R BS.1770 has it.
    public static let dualMono = ChannelLayout([.both])

    /// The order of WAV, AIFF and FLAC, and of samples in memory: of four channels the last two are surrounds
    /// (L R Ls Rs), of five too (L R C Ls Rs), of six (L R C LFE Ls Rs), seven (L R C LFE Cs Ls Rs) and eight
    /// (L R C LFE Lb Rb Ls Rs). Any other number of channels has no places and all count alike.
    public static func standard(channels: Int) -> ChannelLayout {
        switch channels {
        case 4: ChannelLayout([.other, .other, .side, .side])
        case 5: ChannelLayout([.other, .other, .other, .side, .side])
        case 6: ChannelLayout([.other, .other, .other, .lowFrequency, .side, .side])
        case 7: ChannelLayout([.other, .other, .other, .lowFrequency, .other, .side, .side])
        case 8: ChannelLayout([.other, .other, .other, .lowFrequency, .other, .other, .side, .side])
        default: ChannelLayout(Array(repeating: .other, count: max(0, channels)))
        }
    }

    /// The order of Vorbis and of Opus: L C R, L R Ls Rs, L C R Ls Rs, L C R Ls Rs LFE, L C R Ls Rs Cs LFE,
    /// L C R Ls Rs Lb Rb LFE.
    ///
    /// Source: Vorbis I specification §4.3.9; RFC 7845 §5.1.1.2.
    public static func vorbis(channels: Int) -> ChannelLayout {
        switch channels {
        case 6: ChannelLayout([.other, .other, .other, .side, .side, .lowFrequency])
        case 7: ChannelLayout([.other, .other, .other, .side, .side, .other, .lowFrequency])
        case 8: ChannelLayout([.other, .other, .other, .side, .side, .other, .other, .lowFrequency])
        default: standard(channels: channels)
        }
    }

    /// Share of each channel's energy.
    ///
    /// Source: ITU-R BS.1770-5, Annex 1, table 3 and Annex 3 (1.41 from 60° to 120°).
    var weights: [Double] {
        speakers.map { speaker in
            switch speaker {
            case .side: 1.41
            case .other: 1
            case .lowFrequency: 0
            case .both: 2
            }
        }
    }
}

extension ChannelLayout {
    /// What a container says about its channels.
    ///
    /// - Parameters:
    ///   - format: `nil` for samples from memory.
    ///   - channels: samples per frame.
    ///   - mask: `dwChannelMask` of a WAVE_FORMAT_EXTENSIBLE header; `nil` where there is none.
    public init(format: AudioFormat?, channels: Int, mask: UInt32? = nil) {
        switch format {
        case .ogg, .opus: self = .vorbis(channels: channels)
        default: self = mask.flatMap { Self(mask: $0, channels: channels) } ?? .standard(channels: channels)
        }
    }

    /// Channels in the order of the mask's bits; `nil` where it does not name a place for every channel.
    private init?(mask: UInt32, channels: Int) {
        let places = (0..<18).map { UInt32(1) << $0 }.filter { mask & $0 != 0 }
        guard channels > 2, places.count >= channels else { return nil }
        // Back left and right are the surrounds of 5.1, unless there are side channels beside them.
        let sides = mask & Self.sideMask != 0 ? Self.sideMask : Self.backMask
        speakers = places.prefix(channels).map { place in
            place == Self.lowFrequencyMask ? .lowFrequency : sides & place != 0 ? .side : .other
        }
    }

    private static let lowFrequencyMask: UInt32 = 0x8
    private static let backMask: UInt32 = 0x30
    private static let sideMask: UInt32 = 0x600
}
