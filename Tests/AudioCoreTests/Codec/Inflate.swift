/// Unpacks zlib data (RFC 1950, 1951), for test vectors only: no checksum is checked, and a mistake traps.
func inflated(_ zlib: [UInt8]) -> [UInt8] {
    var stream = DeflateStream(bytes: zlib, position: 2)
    var output: [UInt8] = []
    var isLast = false
    while !isLast {
        isLast = stream.bits(1) == 1
        switch stream.bits(2) {
        case 0: stream.copyStored(to: &output)
        case 1: stream.inflate(to: &output, .fixedLiterals, .fixedDistances)
        default:
            let (literals, distances) = stream.codes()
            stream.inflate(to: &output, literals, distances)
        }
    }
    return output
}

private struct DeflateStream {
    let bytes: [UInt8]
    var position: Int
    var buffer: UInt32 = 0
    var held = 0

    init(bytes: [UInt8], position: Int) { (self.bytes, self.position) = (bytes, position) }

    mutating func bits(_ count: Int) -> Int {
        while held < count {
            buffer |= UInt32(bytes[position]) << UInt32(held)
            position += 1
            held += 8
        }
        defer {
            buffer >>= UInt32(count)
            held -= count
        }
        return Int(buffer & ((1 << UInt32(count)) - 1))
    }

    mutating func copyStored(to output: inout [UInt8]) {
        (buffer, held) = (0, 0)
        let length = Int(bytes[position]) | Int(bytes[position + 1]) << 8
        output += bytes[position + 4..<position + 4 + length]
        position += 4 + length
    }

    mutating func symbol(_ code: HuffmanCode) -> Int {
        var (word, first, index) = (0, 0, 0)
        for count in code.counts.dropFirst() {
            word |= bits(1)
            if word - first < count { return code.symbols[index + word - first] }
            (index, first, word) = (index + count, (first + count) << 1, word << 1)
        }
        // The repository's own vectors are well-formed: anything else is a damaged checkout.
        fatalError("no such code")
    }

    mutating func inflate(to output: inout [UInt8], _ literals: HuffmanCode, _ distances: HuffmanCode) {
        while true {
            let symbol = symbol(literals)
            if symbol == 256 { return }
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            let (base, extra) = lengthCodes[symbol - 257]
            let length = base + bits(extra)
            let (distanceBase, distanceExtra) = distanceCodes[self.symbol(distances)]
            let distance = distanceBase + bits(distanceExtra)
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    /// The two codes that a dynamic block begins with.
    mutating func codes() -> (literals: HuffmanCode, distances: HuffmanCode) {
        let (literals, distances, count) = (bits(5) + 257, bits(5) + 1, bits(4) + 4)
        var lengths = [Int](repeating: 0, count: 19)
        for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(count) {
            lengths[place] = bits(3)
        }
        let code = HuffmanCode(lengths)
        var all: [Int] = []
        while all.count < literals + distances {
            switch symbol(code) {
            case 16: all += Array(repeating: all[all.count - 1], count: 3 + bits(2))
            case 17: all += Array(repeating: 0, count: 3 + bits(3))
            case 18: all += Array(repeating: 0, count: 11 + bits(7))
            case let length: all.append(length)
            }
        }
        return (HuffmanCode(Array(all[..<literals])), HuffmanCode(Array(all[literals...])))
    }
}

/// A canonical code: how many words of each length, and the symbols in order of their words.
private struct HuffmanCode {
    let counts: [Int]
    let symbols: [Int]

    init(_ lengths: [Int]) {
        counts = (0...15).map { length in lengths.count { $0 == length } }
        symbols = (1...15).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
    }

    static let fixedLiterals = HuffmanCode(
        (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    static let fixedDistances = HuffmanCode(Array(repeating: 5, count: 30))
}

private let lengthCodes: [(base: Int, extra: Int)] =
    codes(from: 3, extras: (0..<28).map { $0 < 8 ? 0 : ($0 - 4) / 4 }) + [(258, 0)]
private let distanceCodes: [(base: Int, extra: Int)] =
    codes(from: 1, extras: (0..<30).map { $0 < 4 ? 0 : ($0 - 2) / 2 })

private func codes(from start: Int, extras: [Int]) -> [(base: Int, extra: Int)] {
    var base = start
    return extras.map { extra in
        defer { base += 1 << extra }
        return (base, extra)
    }
}
