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

    @Test(arguments: PadConfiguration.Version.allCases, 1...10 as ClosedRange<UInt64>)
    func `any bytes of the right length are given back`(version: PadConfiguration.Version, seed: UInt64) throws {
        let bytes = Self.anything(version, seed: seed)
        let read = try PadConfiguration(bytes)
        #expect(read.bytes == bytes)
        #expect((read.name == nil) == (version == .two))
    }

    /// Each field, set alone, changes its own bytes and no others.
    @Test(arguments: PadRecord.Field.allCases)
    func `a field changes its own word`(field: PadRecord.Field) throws {
        let before = try PadConfiguration(Self.anything(.three, seed: 7))
        for pad in [0, 77, 159] {
            var after = before
            after.pads[pad][field] = field.range.upperBound
            let place = 0xA0 + 172 * pad + 4 * field.rawValue
            #expect(Self.word(after.bytes, at: place) == UInt32(field.range.upperBound))
            #expect(Self.differences(before.bytes, after.bytes).allSatisfy { (place..<place + 4).contains($0) })
            after.pads[pad][field] = field.range.lowerBound
            #expect(after.pads[pad][field] == field.range.lowerBound)
        }
    }

    @Test(arguments: 0..<10)
    func `what holds for a bank changes its own bits`(bank: Int) throws {
        let before = PadConfiguration(name: "Banks")
        var after = before
        after.settings.setVolume(100, ofBank: bank)
        after.settings.setProtected(true, ofBank: bank)
        after.settings.setBPM(87.5, ofBank: bank)
        let read = try PadConfiguration(after.bytes).settings
        for other in 0..<10 {
            #expect(read.volume(ofBank: other) == (other == bank ? 100 : 127))
            #expect(read.isProtected(bank: other) == (other == bank))
            #expect(read.bpm(ofBank: other) == (other == bank ? 87.5 : 120))
        }
        #expect(read.bpm == 120 && !read.usesProjectTempo)
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

    private static func anything(_ version: PadConfiguration.Version, seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        var bytes = (0..<version.fileSize).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes.replaceSubrange(0..<4, with: Array("RFPD".utf8))
        bytes[8] = UInt8(version.rawValue)
        return bytes
    }

    private static func word(_ bytes: [UInt8], at place: Int) -> UInt32 {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func differences(_ a: [UInt8], _ b: [UInt8]) -> [Int] { a.indices.filter { a[$0] != b[$0] } }
}
