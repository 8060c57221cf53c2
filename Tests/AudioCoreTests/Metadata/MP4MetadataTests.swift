import Testing

@testable import AudioCore

@Suite struct MP4MetadataTests {
    private static let mark: UInt8 = 0xA9

    private func item(_ tag: [UInt8], _ type: UInt32, _ value: [UInt8]) -> [UInt8] {
        MadeTags.box(tag, MadeTags.data(type, value))
    }

    private func text(_ name: String, _ value: String) -> [UInt8] {
        item([Self.mark] + Array(name.utf8), 1, Array(value.utf8))
    }

    private func named(_ name: String, _ value: String) -> [UInt8] {
        MadeTags.box(
            "----",
            MadeTags.box("mean", [0, 0, 0, 0] + Array("com.apple.iTunes".utf8))
                + MadeTags.box("name", [0, 0, 0, 0] + Array(name.utf8)) + MadeTags.data(1, Array(value.utf8)))
    }

    private func moov(_ items: [UInt8], isBare: Bool = false) -> [UInt8] {
        let handler = MadeTags.box("hdlr", [UInt8](repeating: 0, count: 25))
        let meta = (isBare ? [] : [0, 0, 0, 0]) + handler + MadeTags.box("ilst", items)
        let track = MadeTags.box("trak", [UInt8](repeating: 0xFF, count: 9_000))
        return MadeTags.box(
            "moov", MadeTags.box("mvhd", [0]) + track + MadeTags.box("udta", MadeTags.box("meta", meta)))
    }

    private func read(_ boxes: [UInt8]...) throws -> AudioMetadata? {
        let brand = MadeTags.box("ftyp", Array("M4A \0\0\0\0".utf8))
        return try withFile(brand + boxes.flatMap { $0 }) { try MP4Header.read(InputFile(path: $0)).metadata }
    }

    @Test func `every item is told, with the sound before or behind`() throws {
        let items =
            text("nam", "Title") + text("ART", "Artist") + text("alb", "日本") + text("cmt", "one\ntwo")
            + text("gen", "House") + text("day", "2024") + text("too", "tool")
            + item(Array("cprt".utf8), 1, Array("me".utf8)) + item(Array("tmpo".utf8), 21, [0, 128])
            + item(Array("covr".utf8), 13, [UInt8](repeating: 1, count: 5_000)) + named("initialkey", "8A")
            + named("ISRC", "GBAYE0000351") + named("odd", "x")
        var expected = AudioMetadata()
        (expected.title, expected.artist, expected.album) = ("Title", "Artist", "日本")
        (expected.comment, expected.genre, expected.date) = ("one\ntwo", "House", "2024")
        (expected.software, expected.copyright, expected.bpm) = ("tool", "me", 128)
        (expected.key, expected.isrc) = ("8A", "GBAYE0000351")
        let sound = MadeTags.box("mdat", [UInt8](repeating: 7, count: 9_000))
        #expect(try read(moov(items), sound) == expected)
        #expect(try read(sound, moov(items)) == expected)
        #expect(try read(moov(items, isBare: true), sound) == expected, "as QuickTime writes it")
    }

    @Test func `numbers and UTF-16 are read by their type`() throws {
        #expect(try read(moov(item(Array("gnre".utf8), 0, [0, 18])))?.genre == "Rock")
        #expect(try read(moov(item(Array("tmpo".utf8), 21, [0, 0, 0, 90])))?.bpm == 90)
        #expect(try read(moov(item(Array("tmpo".utf8), 21, [90])))?.bpm == 90)
        #expect(try read(moov(item(Array("tmpo".utf8), 21, [0, 0])))?.bpm == nil)
        #expect(try read(moov(item([Self.mark] + Array("nam".utf8), 2, [0x26, 0x2A])))?.title == "☪")
    }

    @Test func `boxes with sizes that lead nowhere say nothing`() throws {
        for size in [0, 1, 7, UInt32.max] {
            let bad = MadeFiles.big(size) + Array("free".utf8)
            #expect(try read(moov(bad + text("nam", "t"))) == nil)
        }
        #expect(try read(MadeTags.box("moov", [])) == nil)
        #expect(try read(MadeTags.box("moov", MadeTags.box("udta", MadeTags.box("meta", [0, 0])))) == nil)
        #expect(try read(moov(MadeTags.box([Self.mark] + Array("nam".utf8), []))) == nil)
        let long = MadeFiles.big(1 as UInt32) + Array("moov".utf8) + MadeFiles.big(16 as UInt64)
        #expect(try read(long, moov(text("nam", "t"))) == nil, "the first index counts")
    }
}
