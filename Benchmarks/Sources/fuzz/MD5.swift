import Foundation

/// The checksum of sample heads, so that changed ones are looked into.
///
/// Source: RFC 1321.
func md5(_ bytes: [UInt8]) -> [UInt8] {
    let turns: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
    let padding = [UInt8](repeating: 0, count: (119 - bytes.count % 64) % 64)
    let message = bytes + [0x80] + padding + little(UInt64(bytes.count) * 8)
    var sum: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
    for start in stride(from: 0, to: message.count, by: 64) {
        var (a, b, c, d) = (sum[0], sum[1], sum[2], sum[3])
        for step in 0..<64 {
            let mix = [b & c | ~b & d, d & b | ~d & c, b ^ c ^ d, c ^ (b | ~d)][step / 16]
            let word = [step, 5 * step + 1, 3 * step + 5, 7 * step][step / 16] % 16
            let place = start + 4 * word
            let number = message[place..<place + 4].reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            let added = a &+ mix &+ number &+ UInt32(abs(sin(Double(step + 1))) * 0x1p32)
            let turn = turns[step / 16][step % 4]
            (a, d, c, b) = (d, c, b, b &+ (added << turn | added >> (32 - turn)))
        }
        for (index, part) in [a, b, c, d].enumerated() { sum[index] &+= part }
    }
    return sum.flatMap { little($0) }
}

extension Checksums {
    /// Of an `SMP` file: 0x04 to 0x13 are summed, the sum is at 0x20.
    static func repairSMP(_ bytes: inout [UInt8]) {
        guard bytes.count >= 0x30 else { return }
        bytes.replaceSubrange(0x20..<0x30, with: md5(Array(bytes[4..<0x14])))
    }
}
