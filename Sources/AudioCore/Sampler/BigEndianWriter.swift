/// Builds a file of big-endian numbers.
struct BigEndianWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ word: UInt32) {
        for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    mutating func append(_ words: [UInt32]) {
        for word in words { append(word) }
    }

    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// ASCII, as a mark at the start of a file.
    mutating func append(_ mark: StaticString) { mark.withUTF8Buffer { bytes += $0 } }
}
