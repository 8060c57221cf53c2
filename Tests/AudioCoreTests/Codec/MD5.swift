import Foundation

/// The MD5 of `bytes` (RFC 1321): the checksum that FLAC files carry of their samples.
func md5(_ bytes: [UInt8]) -> [UInt8] {
    var message = bytes + [0x80]
    message += [UInt8](repeating: 0, count: (120 - message.count % 64) % 64)
    message += MadeFiles.little(UInt64(bytes.count * 8))
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
    for start in stride(from: 0, to: message.count, by: 64) {
        let words = stride(from: start, to: start + 64, by: 4).map { place in
            message[place..<place + 4].reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for round in 0..<64 {
            let (mix, word) =
                switch round / 16 {
                case 0: (b & c | ~b & d, round)
                case 1: (d & b | ~d & c, (5 * round + 1) % 16)
                case 2: (b ^ c ^ d, (3 * round + 5) % 16)
                default: (c ^ (b | ~d), 7 * round % 16)
                }
            let sum = a &+ mix &+ sines[round] &+ words[word]
            let shift = shifts[round / 16][round % 4]
            (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
        }
        state = zip(state, [a, b, c, d]).map { $0 &+ $1 }
    }
    return state.flatMap { MadeFiles.little($0) }
}

private let shifts: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
private let sines = (1...64).map { UInt32(abs(sin(Double($0))) * 0x1p32) }
