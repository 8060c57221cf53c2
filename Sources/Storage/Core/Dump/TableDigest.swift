import Crypto

/// Tells whether two tables hold the same rows, in whatever order an engine gives them.
///
/// The sum of the rows' SHA-256, each seen as four numbers of 64 bits. It finds what is lost or changed by accident; it does
/// not withstand somebody who looks for two tables of one digest.
struct TableDigest: Equatable {
    private(set) var rows = 0
    private var sums: [UInt64] = [0, 0, 0, 0]

    mutating func add(_ values: [SQLValue]) {
        var bytes: [UInt8] = []
        for value in values { value.appendDump(to: &bytes, zeroSign: false) }
        rows += 1
        for (index, byte) in SHA256.hash(data: bytes).enumerated() {
            // Adding a byte in its place adds the whole number.
            sums[index / 8] &+= UInt64(byte) << UInt64(8 * (7 - index % 8))
        }
    }

    var text: String {
        Checksum.hex(sums.flatMap { sum in withUnsafeBytes(of: sum.bigEndian) { Array($0) } })
    }
}
