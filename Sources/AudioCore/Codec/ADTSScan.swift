/// The header of one ADTS frame of AAC, all of whose fields are legal.
///
/// Source: ISO/IEC 13818-7 (2006), section 6.2.
struct ADTSFrame {
    /// What is the same in all frames of a stream.
    private let fixed: UInt32
    /// Bytes, header included.
    let length: Int

    /// - Parameters:
    ///   - word: bytes 0…3 of the frame, the first one on top.
    ///   - next: bytes 3…6.
    init?(_ word: UInt32, _ next: UInt32) {
        // 12 bits of sync, 1 of version, 2 of layer (always 0); 12 of the 16 rates are defined.
        guard word >> 20 == 0xFFF, (word >> 17) & 3 == 0, (word >> 10) & 15 <= 11 else { return nil }
        fixed = word >> 6
        length = Int((next >> 13) & 0x1FFF)
        guard length >= 7 else { return nil }
    }

    func agrees(with next: ADTSFrame) -> Bool { fixed == next.fixed }

    /// Whether two agreeing frames begin at `start`, or one that ends with `head`.
    static func leadsStream(_ head: HeaderBytes, at start: Int) -> Bool {
        guard let first = frame(head, at: start) else { return false }
        guard let next = frame(head, at: start + first.length) else { return head.count == start + first.length }
        return first.agrees(with: next)
    }

    private static func frame(_ head: HeaderBytes, at offset: Int) -> ADTSFrame? {
        guard let word = head.u32(at: offset), let next = head.u32(at: offset + 3) else { return nil }
        return ADTSFrame(word, next)
    }
}

/// Walks the frames of an AAC file once, to see whether it ends with a whole one.
enum ADTSScan {
    static func read(_ file: InputFile, from start: Int) throws(AudioError) -> ContainerCheck {
        let end = try ID3Tag.startOfTail(in: file)
        var window = FileWindow(file)
        var offset = start
        while let word = try window.word(at: offset), let next = try window.word(at: offset + 3),
            let frame = ADTSFrame(word, next)
        {
            offset += frame.length
        }
        return ContainerCheck(isTruncated: offset != end)
    }
}
