import Testing

@testable import AudioCore

@Suite struct SXPadInformationTests {
    /// A pad of a real card.
    private static let real: [UInt8] = [
        0x00, 0x00, 0x02, 0x00, 0x00, 0x06, 0x13, 0xE0, 0x00, 0x00, 0x02, 0x00, 0x00, 0x06, 0x13, 0xE0,
        0x7F, 0x00, 0x01, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x04, 0x28, 0x00, 0x00, 0x04, 0x28,
    ]

    @Test func `a record of a real card is understood`() throws {
        var bytes = PadInformation().bytes
        bytes.replaceSubrange(32 * 13..<32 * 14, with: Self.real)
        let read = try PadInformation(bytes)
        let record = try #require(read[PadAddress.allOnSX[13]])
        #expect(record[.originalStart] == 512 && record[.originalEnd] == 398_304)
        #expect(record[.userStart] == 512 && record[.userEnd] == 398_304)
        #expect(record[.volume] == 127 && record[.loFi] == 0 && record[.loop] == 1)
        #expect(record[.gate] == 0 && record[.reverse] == 0 && record[.format] == 1)
        #expect(record[.channels] == 2 && record.tempoMode == .off)
        #expect(record.originalBPM == 106.4 && record.userBPM == 106.4)
        #expect(!record.isEmpty && read.problems.isEmpty && read.bytes == bytes)
    }

    @Test func `a new card has 120 empty pads`() throws {
        let bytes = PadInformation().bytes
        let pad: [UInt8] = [
            0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 127, 0, 0, 1, 0, 1, 2, 0, 0, 0, 4, 0xB0, 0, 0, 4, 0xB0,
        ]
        #expect(bytes == (0..<120).flatMap { _ in pad })
        #expect(PadInformation().problems.isEmpty && PadInformation().records.allSatisfy(\.isEmpty))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `any bytes of the right length are given back`(seed: UInt64) throws {
        let bytes = Self.anything(seed)
        let read = try PadInformation(bytes)
        #expect(read.bytes == bytes)
        _ = read.problems
    }

    @Test(arguments: [0, 1, 3_839, 3_841, 4_096])
    func `another length is refused`(count: Int) {
        #expect(throws: SamplerError.wrongSize(file: "PAD_INFO.BIN", bytes: count, expected: "3,840 (120 pads of 32)"))
        {
            try PadInformation(Array(repeating: 0, count: count))
        }
    }

    /// Where fields stand by the description, in bytes from the start of a record.
    private static let places: [(PadInformation.Record.Field, Range<Int>)] = [
        (.originalStart, 0..<4), (.originalEnd, 4..<8), (.userStart, 8..<12), (.userEnd, 12..<16), (.volume, 16..<17),
        (.loFi, 17..<18), (.loop, 18..<19), (.gate, 19..<20), (.reverse, 20..<21), (.format, 21..<22),
        (.channels, 22..<23), (.tempoMode, 23..<24), (.originalTempo, 24..<28), (.userTempo, 28..<32),
    ]

    /// Each field, set alone, changes its own bytes and no others.
    @Test(arguments: places)
    func `a field changes its own bytes`(field: PadInformation.Record.Field, place: Range<Int>) throws {
        let before = try PadInformation(Self.anything(5))
        let most: [UInt8] = Array(repeating: 255, count: place.count)
        let mixed: [UInt8] = place.count == 4 ? [1, 2, 3, 4] : [0x5A]
        for index in [0, 59, 119] {
            let address = PadAddress.allOnSX[index]
            for bytes in [Array(repeating: 0, count: place.count), mixed, most] {
                let value = bytes.reduce(0) { $0 * 256 + Int($1) }
                var after = before
                var record = try #require(before[address])
                record[field] = value
                after[address] = record
                var expected = before.bytes
                expected.replaceSubrange(32 * index + place.lowerBound..<32 * index + place.upperBound, with: bytes)
                #expect(after.bytes == expected)
                #expect(try PadInformation(after.bytes)[address]?[field] == value)
            }
        }
    }

    @Test func `every byte of a record is one of a field, and what does not fit becomes the nearest`() {
        #expect(Set(Self.places.map(\.0)) == Set(PadInformation.Record.Field.allCases))
        #expect(Self.places.flatMap { Array($0.1) } == Array(0..<32))
        var record = PadInformation.Record()
        record[.volume] = 300
        record[.originalStart] = -1
        #expect(record[.volume] == 255 && record[.originalStart] == 0)
        record.originalBPM = .nan
        #expect(record.originalBPM == 0)
    }

    @Test(arguments: [
        (PadInformation.Record.Field.userStart, 508, "before the sound"),
        (.userEnd, 10_004, "past the end of the file"),
        (.userEnd, 512, "is not behind start"), (.userEnd, 514, "inside of a frame"), (.originalStart, 0, "before"),
        (.originalEnd, 20_000, "past the end"), (.volume, 128, "use 0 to 127"), (.loFi, 2, "use 0 to 1"),
        (.loop, 2, "loop 2"), (.gate, 9, "gate 9"), (.reverse, 255, "reverse 255"), (.format, 2, "format 2"),
        (.channels, 0, "channels 0"), (.channels, 3, "use 1 to 2"), (.tempoMode, 3, "tempo_mode 3"),
        (.userTempo, 399, "use 400 to 2000"), (.originalTempo, 2_001, "original_tempo 2001"),
    ])
    func `what a unit would not take is told with the pad`(
        field: PadInformation.Record.Field, value: Int, words: String
    ) throws {
        let address = try #require(PadAddress("C12"))
        var record = PadInformation.Record()
        (record[.originalEnd], record[.userEnd], record[.tempoMode]) = (10_000, 10_000, 2)
        var information = PadInformation()
        information[address] = record
        #expect(information.problems(fileSizes: [address: 10_000]).isEmpty)
        record[field] = value
        information[address] = record
        let found = information.problems(fileSizes: [address: 10_000])
        #expect(found.contains { $0.description.contains(words) }, "\(found)")
        #expect(found.allSatisfy { $0.pad == address && !$0.remedy.isEmpty })
    }

    @Test func `pads have their places and file names`() {
        #expect(PadAddress.allOnSX.count == 120 && PadAddress.allOnSX.map(\.indexOnSX) == (0..<120).map(Optional.init))
        #expect(PadAddress.allOnSX.first?.fileNameOnSX == "A0000001.WAV")
        #expect(PadAddress.allOnSX.last?.fileNameOnSX == "J0000012.WAV")
        for address in PadAddress.allOnSX {
            #expect(address.fileNameOnSX.flatMap(PadAddress.init(fileNameOnSX:)) == address)
        }
        #expect(PadAddress("A13")?.fileNameOnSX == nil && PadAddress("J16")?.indexOnSX == nil)
        #expect(PadAddress(fileNameOnSX: "b0000012.aif") == PadAddress("B12"))
        for wrong in [
            "", "A0000000.WAV", "A0000013.WAV", "K0000001.WAV", "A000001.WAV", "A00000001.WAV", "A0000001",
            "A0000001.BIN",
            "A0000001.WAV.WAV", "._A0000001.WAV", "A+000001.WAV", "A٠٠٠٠٠٠١.WAV", "10000001.WAV",
        ] {
            #expect(PadAddress(fileNameOnSX: wrong) == nil, "\(wrong)")
        }
    }

    private static func anything(_ seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<PadInformation.fileSize).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}
