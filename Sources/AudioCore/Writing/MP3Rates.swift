/// The constant bit rates of MPEG audio layer III, in kbit/s, whose frames have room for the header that says how
/// much of the first and last frame is not sound: with the others a loop would not keep its length.
///
/// Source: ISO/IEC 11172-3 §2.4.2.3 (from 32 kHz), 13818-3 §2.4.2.3 (below); MPEG 2.5 is Fraunhofer's extension.
struct MP3Rates {
    let constant: [Int]
    private let most: Int
    private let least: Int

    init(sampleRate: Int, channels: Int) {
        let isFirstVersion = sampleRate >= 32_000
        let all =
            switch sampleRate {
            case 32_000...: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
            case 16_000...: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
            default: [8, 16, 24, 32, 40, 48, 56, 64]
            }
        (least, most) = (all[0], all[all.count - 1])
        let sideBytes = isFirstVersion ? (channels == 1 ? 17 : 32) : (channels == 1 ? 9 : 17)
        constant = all.filter { kilobits in
            (isFirstVersion ? 144_000 : 72_000) * kilobits / sampleRate >= 4 + sideBytes + Self.headerBytes
        }
    }

    /// Of the header that LAME writes in place of sound.
    private static let headerBytes = 156

    /// Where a rate stands between the highest, 0, and the lowest, 1: libsndfile's way of asking for one.
    func compression(_ kilobits: Int) -> Double {
        // The library rounds down: half a kilobit keeps it from the next lower rate.
        min(max((Double(most - kilobits) - 0.5) / Double(most - least), 0), 1)
    }
}
