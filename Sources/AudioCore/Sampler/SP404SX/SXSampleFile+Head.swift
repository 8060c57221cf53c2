extension SXSampleFile.Format {
    var mark: StaticString { self == .wave ? "RIFF" : "FORM" }
}

extension SXSampleFile {
    /// Where the numbers of a head stand.
    struct Layout {
        let channels: Int
        let unknown: Range<Int>
        let padIndex: Int
        let filler: Range<Int>
        let soundSize: Int
        /// Bytes that the size of the sound counts besides the sound.
        let soundLead: Int

        init(_ format: Format) {
            switch format {
            case .wave:
                (channels, unknown, padIndex, filler) = (22, 54..<58, 58, 62..<504)
                (soundSize, soundLead) = (508, 0)
            case .aiff:
                (channels, unknown, padIndex, filler) = (20, 58..<62, 62, 66..<496)
                (soundSize, soundLead) = (500, 8)
            }
        }
    }

    /// The first 512 bytes of the file.
    public var head: [UInt8] {
        var file = HeadWriter(order: format.order)
        file.append(format.mark)
        file.append32(fileSize - 8)
        switch format {
        case .wave: appendWAV(to: &file)
        case .aiff: appendAIFF(to: &file)
        }
        return file.bytes
    }

    private func appendWAV(to file: inout HeadWriter) {
        file.append("WAVEfmt ")
        file.append32(18)
        file.append16(1)
        file.append16(channels)
        file.append32(Self.sampleRate)
        file.append32(Self.sampleRate * 2 * channels)
        file.append16(2 * channels)
        file.append16(16)
        file.append16(0)
        file.append("RLND")
        file.append32(458)
        appendPad(to: &file)
        file.append("data")
        file.append32(soundBytes)
    }

    private func appendAIFF(to file: inout HeadWriter) {
        file.append("AIFFCOMM")
        file.append32(18)
        file.append16(channels)
        file.append32(frames)
        file.append16(16)
        file.append(Self.extendedRate)
        file.append("APPL")
        file.append32(450)
        file.append("RLND")
        appendPad(to: &file)
        file.append("SSND")
        file.append32(soundBytes + 8)
        file.append32(0)
        file.append32(0)
    }

    private func appendPad(to file: inout HeadWriter) {
        file.append("roifspsx")
        file.append(unknown)
        file.append32(padIndex)
        file.append(filler)
    }

    /// 44,100 in the 80-bit format of AIFF.
    private static let extendedRate: [UInt8] = [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]
}

/// Builds a head of numbers in one byte order.
private struct HeadWriter {
    let order: ByteOrder
    private(set) var bytes: [UInt8] = []

    init(order: ByteOrder) { self.order = order }

    mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes += $0 } }
    mutating func append(_ more: [UInt8]) { bytes += more }
    mutating func append16(_ number: Int) { append(number, shifts: [8, 0]) }
    mutating func append32(_ number: Int) { append(number, shifts: [24, 16, 8, 0]) }

    private mutating func append(_ number: Int, shifts: [Int]) {
        for shift in order == .big ? shifts : shifts.reversed() {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
