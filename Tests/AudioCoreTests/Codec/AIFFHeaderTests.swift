import Testing

@testable import AudioCore

@Suite struct AIFFHeaderTests {
    /// 44,100 Hz as an 80-bit float.
    private static let cd: [UInt8] = [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]

    private func big(_ number: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private func chunk(_ tag: String, _ content: [UInt8], size: Int? = nil) -> [UInt8] {
        Array(tag.utf8) + big(size ?? content.count, bytes: 4) + content + (content.count.isMultiple(of: 2) ? [] : [0])
    }

    /// An AIFF, or an AIFF-C with `codec`, of one channel.
    private func aiff(
        _ sound: [UInt8], bits: Int = 16, rate: [UInt8] = cd, codec: String? = nil, lead: Int = 0, size: Int? = nil
    ) -> [UInt8] {
        let common = big(1, bytes: 2) + big(9_999, bytes: 4) + big(bits, bytes: 2) + rate
        let form = codec == nil ? "AIFF" : "AIFC"
        let chunks =
            chunk("COMM", common + Array((codec ?? "").utf8))
            + chunk("SSND", big(lead, bytes: 4) + big(0, bytes: 4) + sound, size: size)
        return Array("FORM".utf8) + big(chunks.count + 4, bytes: 4) + Array(form.utf8) + chunks
    }

    private func decode(_ bytes: [UInt8]) throws -> Decoded {
        try withFile(bytes) { try Decoded($0) }
    }

    private static let codecs: [(codec: String?, bits: Int, stored: [UInt8])] = [
        (nil, 16, [0x40, 0]), (nil, 12, [0x40, 0]), (nil, 8, [0x40]), (nil, 24, [0x40, 0, 0]),
        (nil, 32, [0x40, 0, 0, 0]),
        ("NONE", 16, [0x40, 0]), ("twos", 16, [0x40, 0]), ("sowt", 16, [0, 0x40]), ("raw ", 8, [0xC0]),
        ("in24", 24, [0x40, 0, 0]), ("42ni", 24, [0, 0, 0x40]), ("in32", 32, [0x40, 0, 0, 0]),
        ("23ni", 32, [0, 0, 0, 0x40]), ("fl32", 32, [0x3F, 0, 0, 0]), ("FL64", 64, [0x3F, 0xE0, 0, 0, 0, 0, 0, 0]),
    ]

    @Test(arguments: codecs)
    func `one half is one half in every codec`(codec: String?, bits: Int, stored: [UInt8]) throws {
        let decoded = try decode(aiff(stored, bits: bits, codec: codec))
        #expect(decoded.samples == [0.5])
        #expect(decoded.stream.bitDepth == bits)
    }

    @Test func `frames come from the bytes, and start behind the offset`() throws {
        let decoded = try decode(aiff([9, 9, 0x40, 0, 0xC0, 0], lead: 2))
        #expect(decoded.samples == [0.5, -0.5])
    }

    @Test func `a promise of more than there is gives what there is, and says so`() throws {
        let decoded = try decode(aiff([0x40, 0], size: 1_000))
        #expect(decoded.samples == [0.5])
        #expect(decoded.isTruncated)
    }

    @Test(arguments: [
        [0x40, 0x0D, 0xAC, 0x44, 0, 0, 0, 0, 0, 0] as [UInt8],
        // The classic Macintosh: 22,254.5454… Hz.
        [0x40, 0x0D, 0xAD, 0xDD, 0x17, 0x45, 0xD1, 0x45, 0xD1, 0x74],
    ])
    func `rates are rounded to whole hertz`(rate: [UInt8]) throws {
        #expect([22_050, 22_255].contains(try decode(aiff([0, 0], rate: rate)).stream.sampleRate))
    }

    @Test(arguments: [
        [UInt8](repeating: 0, count: 10), [UInt8](repeating: 0xFF, count: 10),
        [0xC0, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0],
        [0x7F, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], [0x40, 0x0E, 0x2C, 0x44, 0, 0, 0, 0, 0, 0],
    ])
    func `rates that are no number are damage`(rate: [UInt8]) {
        #expect(throws: AudioError.damaged(format: .aiff, reason: "the sample rate is no positive number")) {
            try decode(aiff([0, 0], rate: rate))
        }
    }

    @Test func `an offset behind the end leaves no sound`() {
        #expect(throws: AudioError.empty(format: .aiff)) { try decode(aiff([0x40, 0], lead: 0xFFFF_FFFF)) }
    }
}
