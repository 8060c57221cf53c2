/// A piece of a file in memory that moves along with a scan.
struct FileWindow {
    private static let bytes = 256 << 10
    /// Kept before the place asked for: a search looks ahead and comes back.
    private static let margin = 4_096

    private let file: InputFile
    private var start = 0
    private var content: [UInt8] = []

    init(_ file: InputFile) { self.file = file }

    var size: Int { file.size }

    /// Four bytes as one number, the first one on top, or `nil` behind the end.
    mutating func word(at offset: Int) throws(AudioError) -> UInt32? {
        try bytes(at: offset, count: 4)?.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The `count` bytes from `offset` on, or `nil` where the file does not have them all.
    ///
    /// - Parameter count: less than the window, 252 KiB.
    mutating func bytes(at offset: Int, count: Int) throws(AudioError) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, let end = offset.adding(count), end <= file.size else { return nil }
        if offset < start || end > start + content.count {
            start = max(0, offset - Self.margin)
            content = try file.bytes(at: start, count: min(Self.bytes, file.size - start))
        }
        // Somebody may cut the file meanwhile.
        guard end <= start + content.count else { return nil }
        return content[offset - start..<end - start]
    }
}
