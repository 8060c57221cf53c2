/// The header of one MPEG layer III frame, all of whose fields are legal.
///
/// Free bitrate is refused: nothing says how long such a frame is.
///
/// Source: ISO/IEC 11172-3 (1993) and 13818-3 (1998); MPEG 2.5 as extended by Fraunhofer.
struct MPEGFrame: Equatable {
    enum Version { case mpeg1, mpeg2, mpeg25 }

    let version: Version
    let sampleRate: Int
    let isMono: Bool
    /// Bytes, header included.
    let length: Int

    /// - Parameter word: four bytes, the first one on top.
    init?(_ word: UInt32) {
        // 11 bits of sync, 2 of version, 2 of layer (01 = III).
        guard word >> 21 == 0x7FF, (word >> 17) & 3 == 1, let version = Self.version((word >> 19) & 3),
            let bitrate = Self.bitrate(version, (word >> 12) & 15), (word >> 10) & 3 != 3, word & 3 != 2
        else { return nil }
        let base = Self.sampleRates[Int((word >> 10) & 3)]
        let (divisor, slots) =
            switch version {
            case .mpeg1: (1, 144)
            case .mpeg2: (2, 72)
            case .mpeg25: (4, 72)
            }
        self.version = version
        sampleRate = base / divisor
        isMono = (word >> 6) & 3 == 3
        length = slots * bitrate / sampleRate + Int((word >> 9) & 1)
    }

    /// Frames of sound in it.
    var frames: Int { version == .mpeg1 ? 1_152 : 576 }

    /// Whether `next` can follow in the same stream; bit rate and padding may differ.
    func agrees(with next: MPEGFrame) -> Bool {
        version == next.version && sampleRate == next.sampleRate && isMono == next.isMono
    }

    /// Whether two agreeing frames begin at `start`, or one that ends with `head`.
    static func leadsStream(_ head: HeaderBytes, at start: Int) -> Bool {
        guard let first = head.u32(at: start).flatMap(MPEGFrame.init) else { return false }
        let end = start + first.length
        guard let next = head.u32(at: end) else { return head.count >= end }
        return MPEGFrame(next).map(first.agrees) ?? false
    }

    private static func version(_ bits: UInt32) -> Version? {
        switch bits {
        case 0: .mpeg25
        case 2: .mpeg2
        case 3: .mpeg1
        default: nil
        }
    }

    /// Bits per second.
    private static func bitrate(_ version: Version, _ index: UInt32) -> Int? {
        guard (1...14).contains(index) else { return nil }
        let table = version == .mpeg1 ? fullRates : halfRates
        return table[Int(index) - 1] * 1_000
    }

    private static let sampleRates = [44_100, 48_000, 32_000]
    /// kbit/s of MPEG 1, and of MPEG 2 and 2.5.
    private static let fullRates = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    private static let halfRates = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
}
