import Testing

@testable import AudioCore

/// Every field of PADCONF.BIN where the description has it, in any file.
@Suite struct FieldProofTests {
    @Test(arguments: PadConfiguration.Version.allCases, 1...3 as ClosedRange<UInt64>)
    func `any file is read as the description says, and given back`(
        version: PadConfiguration.Version, seed: UInt64
    ) throws {
        let file = PlainBytes(Self.anything(version, seed: seed))
        let layout = PlainLayout(version: version.rawValue)
        let read = try PadConfiguration(file.bytes)
        #expect(read.bytes == file.bytes)
        for pad in 0..<160 {
            for (field, word) in Self.words {
                #expect(read.pads[pad][field] == file.signed(layout.word(word, pad: pad).lowerBound))
            }
            #expect(read.padNames[pad].bytes == file[layout.name(pad: pad)])
            if version == .two { continue }
            let chops = read.chops[pad].prefix(16).map { Int(Int32(bitPattern: $0)) }
            #expect(chops == (0..<16).map { file.signed(layout.chop($0, pad: pad).lowerBound) })
        }
        #expect(read.name?.bytes == (version == .three ? file[layout.projectName] : nil))
        #expect(read.chops.count == (version == .three ? 160 : 0))
    }

    /// A property that is set alone changes the bytes of its own and no bit beside them.
    @Test(arguments: fieldsOfVersions)
    func `a field changes its own bits alone`(version: PadConfiguration.Version, vector: FieldVector) throws {
        let place = try #require(vector.place(PlainLayout(version: version.rawValue)))
        let read = try #require(Self.backgrounds[version])
        let before = PlainBytes(read.bytes)
        var configuration = read.configuration
        vector.change(&configuration)
        let after = PlainBytes(configuration.bytes)
        #expect(after.count == before.count)
        #expect(after.big(place) & vector.mask == vector.bits)
        #expect(after.big(place) & ~vector.mask == before.big(place) & ~vector.mask)
        #expect(after[0..<place] == before[0..<place])
        #expect(after[place + 4..<after.count] == before[place + 4..<before.count])
    }

    @Test(arguments: 1...16 as ClosedRange<UInt64>)
    func `a damaged file is refused or given back as it is`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let kit = RandomKit(pads: 12, seed: seed)
        var bytes = PadConfiguration(kit: kit.kit, samples: kit.sourceOfPad.mapValues(\.onCard)).bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: 0..<(Bool.random(using: &random) ? 16 : bytes.count), using: &random)
            bytes[place] = .random(in: 0...255, using: &random)
        }
        if seed % 8 == 0 { bytes.removeLast(Int.random(in: 1...bytes.count, using: &random)) }
        let isWhole = bytes.count == 52_000 && bytes[..<4] == [0x52, 0x46, 0x50, 0x44] && bytes[8] == 3
        #expect((try? PadConfiguration(bytes)) != nil || !isWhole)
        if let read = try? PadConfiguration(bytes) { #expect(isWhole && read.bytes == bytes) }
    }

    /// The words of a pad's record as the description numbers them.
    static let words: [(PadRecord.Field, Int)] = [
        (.fileSize, 0), (.start, 1), (.end, 2), (.level, 3), (.gate, 4), (.loop, 5), (.muteGroup, 7), (.tempoSync, 8),
        (.tempo, 9), (.flags, 10), (.loopStart, 11), (.reverse, 12), (.pitch, 13), (.fineTune, 14), (.playMode, 15),
        (.stretch, 16), (.vinyl, 17), (.pan, 18), (.padLink, 19), (.bus, 20), (.roll, 21), (.attack, 22), (.hold, 23),
        (.release, 24),
    ]

    /// Names of projects and chops are in version 3 alone.
    private static let fieldsOfVersions = PadConfiguration.Version.allCases.flatMap { version in
        FieldVector.all.filter { $0.place(PlainLayout(version: version.rawValue)) != nil }.map { (version, $0) }
    }

    /// Any file of each version, read.
    private static let backgrounds = Dictionary(
        uniqueKeysWithValues: PadConfiguration.Version.allCases.compactMap { version in
            let bytes = anything(version, seed: 11)
            return (try? PadConfiguration(bytes)).map { (version, (bytes: bytes, configuration: $0)) }
        })

    private static func anything(_ version: PadConfiguration.Version, seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        var bytes: [UInt8] = []
        while bytes.count < PlainLayout(version: version.rawValue).size {
            withUnsafeBytes(of: random.next()) { bytes += $0 }
        }
        bytes.replaceSubrange(0..<4, with: Array("RFPD".utf8))
        bytes[8] = UInt8(version.rawValue)
        return bytes
    }
}
