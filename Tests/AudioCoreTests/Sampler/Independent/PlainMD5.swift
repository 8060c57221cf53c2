import Foundation

/// MD5 as RFC 1321 tells it, in whole-number arithmetic modulo 2³² and without a table.
///
/// Slow and short: it is here to disagree with the library should the library be wrong.
func plainMD5(_ message: [UInt8]) -> [UInt8] {
    let modulus = 1 << 32
    var padded = message + [128]
    while padded.count % 64 != 56 { padded.append(0) }
    padded += (0..<8).map { UInt8(message.count * 8 / powerOf256($0) % 256) }
    var state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
    for block in stride(from: 0, to: padded.count, by: 64) {
        let words = (0..<16).map { word in
            (0..<4).reduce(0) { $0 + Int(padded[block + 4 * word + $1]) * powerOf256($1) }
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for step in 0..<64 {
            let sine = Int(abs(sin(Double(step + 1))) * Double(modulus))
            let (mixed, word, turns) = round(step, b, c, d)
            let sum = (a + mixed + words[word] + sine) % modulus
            let turned = (sum << turns) % modulus + sum >> (32 - turns)
            (a, b, c, d) = (d, (b + turned) % modulus, b, c)
        }
        state = zip(state, [a, b, c, d]).map { ($0 + $1) % modulus }
    }
    return state.flatMap { word in (0..<4).map { UInt8(word / powerOf256($0) % 256) } }
}

private func powerOf256(_ exponent: Int) -> Int { 1 << (8 * exponent % 64) }

/// The mixing function, the word and the rotation of a step.
private func round(_ step: Int, _ b: Int, _ c: Int, _ d: Int) -> (mixed: Int, word: Int, turns: Int) {
    let inverse = { (value: Int) in 0xffff_ffff - value }
    return switch step / 16 {
    case 0: (b & c | inverse(b) & d, step, [7, 12, 17, 22][step % 4])
    case 1: (b & d | c & inverse(d), (5 * step + 1) % 16, [5, 9, 14, 20][step % 4])
    case 2: (b ^ c ^ d, (3 * step + 5) % 16, [4, 11, 16, 23][step % 4])
    default: (c ^ (b | inverse(d)), 7 * step % 16, [6, 10, 15, 21][step % 4])
    }
}
