/// Chosen parts of a file as one file: what libsndfile reads instead of a path.
///
/// It can only read, only what our own checks let through, and only so much in all: a decoder that
/// searches or seeks in circles meets the end of the file once the budget is spent.
final class VirtualFile {
    enum Part {
        case bytes([UInt8])
        /// A range of the real file.
        case file(Range<Int>)

        var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .file(let range): range.count
            }
        }
    }

    let count: Int
    /// Why the system refused to deliver bytes, if it did.
    private(set) var failure: AudioError?

    private let file: InputFile
    private let parts: [Part]
    /// Where each part begins.
    private let starts: [Int]
    private let hasKnownEnd: Bool
    private var position = 0
    private var budget: Int

    /// - Parameter hasKnownEnd: whether a seek from the end succeeds. Without it libmpg123 does not guess a
    ///   length from size and bit rate.
    init(_ file: InputFile, _ parts: [Part], hasKnownEnd: Bool) {
        (self.file, self.parts, self.hasKnownEnd) = (file, parts, hasKnownEnd)
        var count = 0
        starts = parts.map { part in
            defer { count += part.count }
            return count
        }
        self.count = count
        // Opening looks at the start and the end a few times, decoding reads once.
        budget = (count.multiplied(by: 4) ?? .max).adding(4 << 20) ?? .max
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while filled < buffer.count, budget > 0, failure == nil {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = readPart(into: rest)
            // A call that gives nothing costs as well: loops of such calls are what this is for.
            budget -= max(1, count)
            if count == 0 { break }
            filled += count
            position += count
        }
        return filled
    }

    /// Moves to `offset` from `origin`; -1, and no move, for a place outside the file.
    func seek(_ offset: Int, from origin: Origin) -> Int {
        let base: Int? =
            switch origin {
            case .start: 0
            case .current: position
            case .end: hasKnownEnd ? count : nil
            }
        budget -= 1
        guard budget > 0, let target = base?.adding(offset), (0...count).contains(target) else { return -1 }
        position = target
        return target
    }

    enum Origin { case start, current, end }

    var offset: Int { position }
    /// Whether the last byte has been read.
    var isExhausted: Bool { position == count }

    private func readPart(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard position < count else { return 0 }
        let index = partIndex(at: position)
        let within = position - starts[index]
        let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, parts[index].count - within)])
        switch parts[index] {
        case .bytes(let bytes):
            wanted.copyBytes(from: bytes[within..<within + wanted.count])
            return wanted.count
        case .file(let range):
            do throws(AudioError) {
                return try file.read(at: range.lowerBound + within, into: wanted)
            } catch {
                failure = error
                return 0
            }
        }
    }

    /// The last part that begins at or before `position` and is not empty.
    private func partIndex(at position: Int) -> Int {
        var (low, high) = (0, starts.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= position { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
