import Testing

@testable import AudioCore

@Suite struct PadConfigurationTests {
    @Test func `a new project has the layout of version 3`() {
        let bytes = PadConfiguration(name: "Night Bus").bytes
        #expect(bytes.count == 52_000)
        #expect(bytes[..<16] == [0x52, 0x46, 0x50, 0x44, 0, 0, 0, 0xA0, 3, 0, 0, 0, 0, 0, 0x7A, 0x80])
        #expect(Self.word(bytes, at: 0x10) == 12_000 && Self.word(bytes, at: 0x10 + 4 * 3) == 64)
        #expect(Self.word(bytes, at: 0x10 + 4 * 12) == 24_000 && Self.word(bytes, at: 0x10 + 4 * 23) == 0)
        #expect(bytes[0x80..<0x89] == ArraySlice("Night Bus".utf8) && bytes[0x9F] == 0)
        #expect(Self.word(bytes, at: 0xA0) == 0 && Self.word(bytes, at: 0xA0 + 4) == 512)
        #expect(bytes[0x6C20..<0x6C37].allSatisfy { $0 == 0x20 } && bytes[0x6C37] == 0)
        #expect(bytes[0x7B20..<0x7B60].allSatisfy { $0 == 0xFF } && bytes[0x7B60..<0x7BA0].allSatisfy { $0 == 0 })
    }

    @Test func `other files are refused by name`() {
        #expect(throws: SamplerError.self) { try PadConfiguration([]) }
        #expect(
            throws: SamplerError.wrongSize(
                file: "PADCONF.BIN", bytes: 4, expected: "31,488 (version 2) or 52,000 (version 3)")
        ) {
            try PadConfiguration(Array("RFPD".utf8))
        }
        var mixed = PadConfiguration(name: "").bytes
        mixed[8] = 2
        #expect(throws: SamplerError.self) { try PadConfiguration(mixed) }
    }

    @Test func `a name is padded, cut and cleaned`() {
        #expect(DeviceText("Kick ä 日本", length: 24).text == "Kick a _")
        #expect(DeviceText(String(repeating: "x", count: 40), length: 24).text.count == 23)
        #expect(DeviceText(bytes: [0x41, 0x07, 0x42, 0, 0x43]).text == "AB")
    }

    private static func word(_ bytes: [UInt8], at place: Int) -> UInt32 {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
