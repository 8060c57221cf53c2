/// Bytes of a file's tags, of which no more is read than a budget.
///
/// What cannot be read is as good as absent: tags never make a file fail.
final class TagInput {
    /// Bytes read of one file for its tags.
    static let mostBytes = 1 << 20
    /// Read at a time: fields lie close together.
    private static let windowBytes = 4_096

    private enum Source {
        case file(InputFile)
        case memory
    }

    private let source: Source
    private let size: Int
    private var budget = TagInput.mostBytes
    private var start = 0
    private var window: [UInt8] = []

    init(_ file: InputFile) { (source, size) = (.file(file), file.size) }

    init(_ bytes: [UInt8]) { (source, size, window) = (.memory, bytes.count, bytes) }

    /// All there is.
    var all: TagRegion { TagRegion(self, start: 0, count: size) }

    /// Up to `count` bytes from `offset` on; fewer at the end, none once the budget is spent.
    fileprivate func bytes(at offset: Int, count: Int) -> ArraySlice<UInt8> {
        guard offset >= 0, offset < size else { return [] }
        let count = min(count, size - offset)
        if case .file(let file) = source, offset < start || offset + count > start + window.count {
            let wanted = min(max(count, Self.windowBytes), size - offset, budget)
            budget -= wanted
            (start, window) = (offset, (try? file.bytes(at: offset, count: wanted)) ?? [])
        }
        let first = offset - start
        return window[min(first, window.count)..<min(first + count, window.count)]
    }
}

/// A part of the tags, which reading never leaves.
struct TagRegion {
    let count: Int
    private let input: TagInput
    private let start: Int

    fileprivate init(_ input: TagInput, start: Int, count: Int) {
        (self.input, self.start, self.count) = (input, start, count)
    }

    /// Up to `count` bytes from `offset` on; `count` is a constant of the caller.
    func bytes(at offset: Int, count: Int) -> ArraySlice<UInt8> {
        guard offset >= 0, offset < self.count else { return [] }
        return input.bytes(at: start + offset, count: min(count, self.count - offset))
    }

    func fields(at offset: Int, count: Int, _ order: ByteOrder) -> HeaderBytes {
        HeaderBytes(Array(bytes(at: offset, count: count)), order)
    }

    /// The part from `offset` on, of `count` bytes, or as many as there are.
    func part(at offset: Int, count: Int = .max) -> TagRegion {
        let first = min(max(0, offset), self.count)
        return TagRegion(input, start: start + first, count: min(max(0, count), self.count - first))
    }

    /// UTF-8 or Windows-1252 from `offset` to the end or a NUL.
    func text(at offset: Int = 0) -> String {
        var bytes = bytes(at: offset, count: TagText.mostBytes)
        if count - offset > bytes.count {
            // A character that was cut in two would make all of it look like another encoding.
            let tail = bytes.suffix(3).lastIndex { $0 >= 0xC0 } ?? bytes.endIndex
            bytes = bytes[..<tail]
        }
        return TagText.utf8OrWestern(bytes)
    }
}
