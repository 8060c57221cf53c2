/// The header of one Ogg page.
///
/// Source: RFC 3533 (2003), section 6.
struct OggPage {
    /// 27 bytes, and one size for each of at most 255 segments.
    static let longestHeader = 27 + 255

    let stream: UInt32
    let sequence: UInt32
    let checksum: UInt32
    /// Bytes, header included; at most 65,307.
    let length: Int
    private let flags: UInt8

    /// - Parameter head: the first ``longestHeader`` bytes of the page, or as many as there are.
    init?(_ head: HeaderBytes) {
        guard head.has("OggS", at: 0), head.u8(at: 4) == 0, let flags = head.u8(at: 5),
            let stream = head.u32(at: 14), let sequence = head.u32(at: 18), let checksum = head.u32(at: 22),
            let count = head.u8(at: 26), let sizes = head.slice(27..<27 + Int(count))
        else { return nil }
        (self.flags, self.stream, self.sequence, self.checksum) = (flags, stream, sequence, checksum)
        length = sizes.reduce(27 + Int(count)) { $0 + Int($1) }
    }

    var isFirst: Bool { flags & 2 != 0 }
    var isLast: Bool { flags & 4 != 0 }

    /// What the checksum of `page`, a whole page, must be.
    static func checksum(of page: some Collection<UInt8>) -> UInt32 {
        var sum: UInt32 = 0
        for (index, byte) in page.enumerated() {
            // The sum is taken with zeros in its own place.
            let byte = (22..<26).contains(index) ? 0 : byte
            sum = sum << 8 ^ table[Int(UInt8(sum >> 24) ^ byte)]
        }
        return sum
    }

    /// Polynomial 04C11DB7, not reflected.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index) << 24) { sum, _ in sum << 1 ^ (sum >> 31 == 1 ? 0x04C1_1DB7 : 0) }
    }
}
