import AudioCore

/// Whole files of an SP-404SX card.
enum MadeSXFiles {
    private static let frames = 900

    /// Pad A1 mono, pad J12 stereo.
    static let information: [UInt8] = {
        let pads = [PadAddress.allOnSX[0], PadAddress.allOnSX[119]]
        let kit = Kit(name: "Fuzz", pads: pads.map { KitPad($0, sample: "\($0).wav") })
        let samples = zip(pads, [1, 2]).map { ($0, CardSample(sourceRate: 44_100, channels: $1, frames: frames)) }
        return PadInformation(kit: kit, samples: Dictionary(uniqueKeysWithValues: samples)).bytes
    }()

    static func wave(channels: Int) -> [UInt8] {
        let head =
            (try? SXSampleFile(channels: channels, frames: frames, pad: PadAddress.allOnSX[channels == 1 ? 0 : 119]))?
            .head ?? []
        return head + (0..<2 * channels * frames).map { UInt8(truncatingIfNeeded: $0 &* 29) }
    }

    /// A card that a unit would take, its files by their names.
    static let card: [(name: String, bytes: [UInt8])] = [
        ("PAD_INFO.BIN", information), ("A0000001.WAV", wave(channels: 1)), ("J0000012.WAV", wave(channels: 2)),
    ]
}
