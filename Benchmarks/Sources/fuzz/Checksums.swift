/// Makes checksums right again, so that what was changed reaches the code behind the check.
enum Checksums {
    /// Every page whose header is whole.
    static func repairOgg(_ bytes: inout [UInt8]) {
        for start in places(of: [0x4F, 0x67, 0x67, 0x53], in: bytes) {
            guard start + 27 <= bytes.count else { break }
            let count = Int(bytes[start + 26])
            guard start + 27 + count <= bytes.count else { continue }
            let end = bytes[(start + 27)..<(start + 27 + count)].reduce(start + 27 + count) { $0 + Int($1) }
            guard end <= bytes.count else { continue }
            bytes.replaceSubrange((start + 22)..<(start + 26), with: [0, 0, 0, 0])
            let sum = remainder(of: bytes[start..<end], width: 32, polynomial: 0x04C1_1DB7)
            bytes.replaceSubrange((start + 22)..<(start + 26), with: little(sum))
        }
    }

    /// Every frame that reaches to the next one, or to the end.
    static func repairFLAC(_ bytes: inout [UInt8]) {
        let starts = places(of: [0xFF, 0xF8], in: bytes)
        for (start, end) in zip(starts, starts.dropFirst() + [bytes.count]) where end - start >= 12 {
            let header = start + headerLength(bytes[start...])
            guard header + 3 <= end else { continue }
            bytes[header] = UInt8(remainder(of: bytes[start..<header], width: 8, polynomial: 0x07))
            let sum = remainder(of: bytes[start..<(end - 2)], width: 16, polynomial: 0x8005)
            bytes.replaceSubrange((end - 2)..<end, with: [UInt8(sum >> 8), UInt8(sum & 0xFF)])
        }
    }

    /// Bytes before the header's checksum: a coded number, and perhaps a block size and a rate.
    private static func headerLength(_ frame: ArraySlice<UInt8>) -> Int {
        let codes = frame[frame.startIndex + 2]
        let number = max(1, (~frame[frame.startIndex + 4]).leadingZeroBitCount)
        let size = [6: 1, 7: 2][codes >> 4] ?? 0
        let rate = [12: 1, 13: 2, 14: 2][codes & 15] ?? 0
        return 4 + number + size + rate
    }

    private static func places(of tag: [UInt8], in bytes: [UInt8]) -> [Int] {
        guard bytes.count >= tag.count else { return [] }
        return (0...bytes.count - tag.count).filter { bytes[$0] == tag[0] && bytes[$0...].starts(with: tag) }
    }

    /// The checksum of polynomial division, not reflected.
    private static func remainder(of bytes: ArraySlice<UInt8>, width: UInt32, polynomial: UInt32) -> UInt32 {
        let high = width - 1
        let mask = UInt32.max >> (32 - width)
        return bytes.reduce(0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte) << (width - 8)) { sum, _ in
                (sum << 1 ^ (sum >> high & 1 == 1 ? polynomial : 0)) & mask
            }
        }
    }
}
