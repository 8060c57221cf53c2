import Testing

@testable import AudioCore

@Suite struct HostileMetadataTests {
    enum Container: String, CaseIterable { case wav, aiff, mp3, flac, opus, m4a }

    /// A file full of tags.
    private static func seed(_ container: Container) throws -> [UInt8] {
        let id3 = MadeTags.id3(
            4, MadeTags.text(4, "TIT2", "Title"), MadeTags.frame(4, "TPE1", [1, 0xFF, 0xFE, 0x41, 0, 0, 0, 0x42, 0]),
            MadeTags.frame(4, "COMM", [3] + Array("eng\0hello".utf8)), MadeTags.frame(4, "APIC", [1, 2, 3]),
            MadeTags.text(4, "TBPM", "128"), MadeTags.frame(4, "TCON", flags: 3, [0, 0, 0, 5] + Array("\0(17)".utf8)))
        let comments = MadeTags.vorbis(["TITLE=Title", "ARTIST=Ada", "COMMENT=one\ntwo", "BPM=128", "KEY=Am"])
        switch container {
        case .wav:
            let info = Array("INFO".utf8) + MadeFiles.chunk("INAM", Array("Title\0".utf8))
            let cue = MadeFiles.little(1 as UInt32) + MadeFiles.little(5 as UInt32) + [UInt8](repeating: 0, count: 20)
            let label = MadeFiles.chunk("labl", MadeFiles.little(5 as UInt32) + Array("Verse\0".utf8))
            let region = MadeFiles.chunk("ltxt", MadeFiles.little(5 as UInt32) + MadeFiles.little(9 as UInt32))
            return MadeFiles.wav(
                MadeFiles.fmt(), MadeFiles.chunk("data", [UInt8](repeating: 1, count: 200)),
                MadeFiles.chunk("LIST", info), MadeFiles.chunk("cue ", cue),
                MadeFiles.chunk("LIST", Array("adtl".utf8) + label + region), MadeFiles.chunk("id3 ", id3),
                MadeFiles.chunk(
                    "bext", [UInt8](repeating: 0x41, count: 346) + [2, 0] + [UInt8](repeating: 9, count: 300)))
        case .aiff:
            return MadeFiles.aiff([
                MadeFiles.bigChunk("SSND", [UInt8](repeating: 0, count: 208)),
                MadeFiles.bigChunk("NAME", Array("Title".utf8)), MadeFiles.bigChunk("ID3 ", id3),
                MadeFiles.bigChunk("MARK", [0, 2, 0, 1, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 10, 3, 101, 110, 100]),
                MadeFiles.bigChunk("COMT", [0, 1, 0, 0, 0, 0, 0, 2, 0, 2, 0x41, 0x42]),
            ])
        case .mp3: return MadeTags.mp3(id3, tail: MadeTags.id3v1(title: "Title", genre: 17))
        case .flac: return try MadeTags.flac(type: 4, comments)
        case .opus: return MadeTags.opus(comments)
        case .m4a:
            let item = MadeTags.box([0xA9, 0x6E, 0x61, 0x6D], MadeTags.data(1, Array("Title".utf8)))
            let meta = [0, 0, 0, 0] + MadeTags.box("hdlr", [0]) + MadeTags.box("ilst", item)
            return MadeTags.box("ftyp", Array("M4A \0\0\0\0".utf8))
                + MadeTags.box("moov", MadeTags.box("udta", MadeTags.box("meta", meta)))
        }
    }

    private static func metadata(_ path: String, _ container: Container) throws -> AudioMetadata? {
        // The sound of an M4A is another program's business.
        container == .m4a ? try MP4Header.read(InputFile(path: path)).metadata : try AudioFile(path: path).metadata
    }

    @Test(arguments: Container.allCases)
    func `broken tags say something clean or nothing, and never end the program`(container: Container) throws {
        let good = try Self.seed(container)
        #expect(try withFile(good) { try Self.metadata($0, container)?.title } == "Title")
        var random = SplitMix64(seed: UInt64(good.count))
        var told = 0
        for _ in 0..<400 {
            let broken = Self.mutated(good, &random)
            try withFile(broken) { path in
                do {
                    let metadata = try Self.metadata(path, container)
                    told += metadata == nil ? 0 : 1
                    Self.expectClean(metadata)
                } catch let error as AudioError {
                    #expect(!"\(error)".isEmpty)
                }
            }
        }
        // Many changes hit what the sound needs.
        #expect(told > 50)
    }

    @Test(arguments: Container.allCases.filter { $0 != .m4a })
    func `a file cut anywhere in its tags is as good as one without`(container: Container) throws {
        let good = try Self.seed(container)
        for length in stride(from: good.count - 1, to: 0, by: -7) {
            try withFile(good[..<length]) { path in
                do {
                    Self.expectClean(try Self.metadata(path, container))
                } catch let error as AudioError {
                    #expect(!"\(error)".isEmpty)
                }
            }
        }
    }

    @Test func `of thousands of entries the first are told`() throws {
        let frames = (0..<60_000).flatMap { _ in MadeTags.text(3, "TPE1", "a") }
        let entries = (0..<60_000).flatMap { _ in MadeFiles.chunk("INAM", [0x41, 0]) }
        let points = MadeFiles.little(60_000 as UInt32) + [UInt8](repeating: 1, count: 60_000 * 24)
        let names = (0..<60_000).flatMap { MadeFiles.chunk("labl", MadeFiles.little(UInt32($0)) + [0x41, 0]) }
        let sound = MadeFiles.chunk("data", [UInt8](repeating: 0, count: 200))
        let comments = MadeTags.vorbis(Array(repeating: "ARTIST=a", count: 60_000))
        for bytes in [
            MadeTags.mp3(MadeTags.id3(3, frames)), MadeTags.opus(comments),
            MadeFiles.wav(
                MadeFiles.fmt(), sound, MadeFiles.chunk("LIST", Array("INFO".utf8) + entries),
                MadeFiles.chunk("cue ", points), MadeFiles.chunk("LIST", Array("adtl".utf8) + names)),
        ] {
            try withFile(bytes) { path in
                let metadata = try #require(try AudioFile(path: path).metadata)
                #expect(metadata.artist == "a" || metadata.title == "A")
                #expect(metadata.markers.count <= 1_000)
            }
        }
    }

    /// One to three changes anywhere.
    private static func mutated(_ good: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = good
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.removeSubrange(place..<min(bytes.count - 1, place + 3))
            case 1: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 30)], at: place)
            case 2: bytes.replaceSubrange(place..<min(bytes.count, place + 4), with: [0xFF, 0xFF, 0xFF, 0xFF])
            case 3: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
            default: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
        }
        // A page that fails its checksum is not looked at: tags are to be reached.
        if bytes.starts(with: "OggS".utf8) { repairPages(&bytes) }
        return bytes
    }

    private static func repairPages(_ bytes: inout [UInt8]) {
        var offset = 0
        while let page = OggPage(HeaderBytes(Array(bytes[offset...].prefix(OggPage.longestHeader)), .little)),
            offset + page.length <= bytes.count
        {
            let sum = OggPage.checksum(of: Array(bytes[offset..<offset + page.length]))
            bytes.replaceSubrange(offset + 22..<offset + 26, with: MadeFiles.little(sum))
            offset += page.length
        }
    }

    private static func expectClean(_ metadata: AudioMetadata?) {
        guard let metadata else { return }
        let lines = [
            metadata.title, metadata.artist, metadata.album, metadata.genre, metadata.date, metadata.copyright,
            metadata.software, metadata.isrc, metadata.key, metadata.broadcast?.originator,
        ]
        for text in lines + metadata.markers.map(\.label) { #expect(text == text.flatMap { TagText.clean($0) }) }
        for text in [metadata.comment, metadata.broadcast?.description, metadata.broadcast?.codingHistory] {
            #expect(text == text.flatMap { TagText.clean($0, hasLines: true) })
        }
        #expect(metadata.bpm.map { (20...999).contains($0) } ?? true)
        #expect(metadata.markers.count <= 1_000)
        #expect(zip(metadata.markers, metadata.markers.dropFirst()).allSatisfy { $0.frame <= $1.frame })
    }
}
