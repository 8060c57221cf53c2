/// What a dump file looks like.
///
/// ```
/// "WAXDUMP\n"                                  8 bytes
/// frame*      kind (1 byte) · length of the content (4 bytes) · content
/// ```
///
/// Numbers are big-endian. Frames come as `H`, then for each table `T`, any number of `R`, `E`; at last one `Z`:
///
/// | kind | content |
/// | --- | --- |
/// | `H` | JSON of ``DumpHeader``: the format's version, the time, the steps that the schema has taken |
/// | `T` | JSON: a table's name and its columns |
/// | `R` | whole rows, value after value |
/// | `E` | JSON: how many rows the table has, and their digest |
/// | `Z` | SHA-256 of every byte before this frame |
///
/// A value is `0` null, `1` integer (8 bytes), `2` real (the 8 bytes of IEEE 754), `3` text or `4` bytes (4 bytes of length,
/// then as many). Tables come after those that they refer to, rows in any order.
enum DumpFormat {
    static let magic = Array("WAXDUMP\n".utf8)
    /// Rows are gathered up to this size; one that is larger has a frame for itself.
    static let comfortableFrame = 256 << 10
    static let largestFrame = 1 << 30

    enum Kind: UInt8 {
        case header = 0x48
        case table = 0x54
        case rows = 0x52
        case tableEnd = 0x45
        case end = 0x5A
    }

    static func length(_ count: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: count).bigEndian) { Array($0) }
    }
}

/// What a dump says about itself.
public struct DumpHeader: Codable, Equatable, Sendable {
    public static let currentFormat = 1

    public let format: Int
    public let createdAt: Timestamp
    /// The steps that its schema has taken.
    public let ledger: [MigrationLedger.Entry]
}

/// What stands after a table's rows.
struct DumpTableEnd: Codable, Equatable {
    let rows: Int
    let digest: String
}

/// What a dump holds.
public struct DumpSummary: Codable, Equatable, Sendable {
    public struct Table: Codable, Equatable, Sendable {
        public let name: String
        public let rows: Int
        /// Of the rows' values, in whatever order: equal on every engine for the same rows.
        public let digest: String
    }

    public let createdAt: Timestamp
    public let tables: [Table]
    /// Of the file.
    public let bytes: Int

    public var rows: Int { tables.reduce(0) { $0 + $1.rows } }
}
