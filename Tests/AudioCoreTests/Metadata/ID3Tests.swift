import Testing

@testable import AudioCore

@Suite struct ID3Tests {
    private func read(_ tag: [UInt8]) throws -> AudioMetadata? { try MadeTags.metadata(MadeTags.mp3(tag)) }

    /// Every field, in the names of a version.
    private func everything(_ version: UInt8) -> [UInt8] {
        let isShort = version == 2
        func text(_ long: String, _ short: String, _ value: String) -> [UInt8] {
            MadeTags.text(version, isShort ? short : long, value)
        }
        let date =
            version == 4
            ? text("TDRC", "", "2024-05-01") : text("TYER", "TYE", "2024") + text("TDAT", "TDA", "0105")
        let comment = MadeTags.frame(
            version, isShort ? "COM" : "COMM", [version == 4 ? 3 : 0] + Array("eng\0one\ntwo".utf8))
        return MadeTags.id3(
            version, text("TIT2", "TT2", "Title"), text("TPE1", "TP1", "Artist"), text("TALB", "TAL", "Album"),
            text("TCON", "TCO", "(17)"), date, comment, text("TCOP", "TCR", "2024 me"), text("TSSE", "TSS", "tool"),
            text("TSRC", "TRC", "GBAYE0000351"), text("TBPM", "TBP", "128"), text("TKEY", "TKE", "Am"),
            [UInt8](repeating: 0, count: 50))
    }

    @Test(arguments: [2, 3, 4] as [UInt8])
    func `every field is told in every version`(version: UInt8) throws {
        var expected = AudioMetadata()
        (expected.title, expected.artist, expected.album) = ("Title", "Artist", "Album")
        (expected.genre, expected.date, expected.comment) = ("Rock", "2024-05-01", "one\ntwo")
        (expected.copyright, expected.software, expected.isrc) = ("2024 me", "tool", "GBAYE0000351")
        (expected.bpm, expected.key) = (128, "Am")
        #expect(try read(everything(version)) == expected)
    }

    @Test func `text is told in each of the four encodings`() throws {
        let little: [UInt8] = [0xFF, 0xFE, 0x2A, 0x26, 0x3D, 0xD8, 0x00, 0xDE]
        let big: [UInt8] = [0x26, 0x2A, 0xD8, 0x3D, 0xDE, 0x00]
        for (encoding, bytes, text) in [
            (0, [0x43, 0xE9], "Cé"), (1, little, "☪😀"), (1, [0xFE, 0xFF] + big, "☪😀"), (2, big, "☪😀"),
            (1, [0x41, 0x00, 0x42, 0x00], "AB"), (3, Array("é日".utf8), "é日"), (3, [0x43, 0xE9], "Cé"),
        ] as [(UInt8, [UInt8], String)] {
            #expect(try read(MadeTags.id3(4, MadeTags.frame(4, "TIT2", [encoding] + bytes)))?.title == text)
            let ended = bytes + (encoding == 1 || encoding == 2 ? [0, 0] : [0])
            #expect(try read(MadeTags.id3(4, MadeTags.frame(4, "TIT2", [encoding] + ended)))?.title == text)
        }
        #expect(try read(MadeTags.id3(4, MadeTags.frame(4, "TIT2", [4, 0x41]))) == nil, "no such encoding")
    }

    @Test func `several artists and genres are joined, comments of others come second`() throws {
        let artists = MadeTags.frame(4, "TPE1", [1, 0xFE, 0xFF, 0, 0x41, 0, 0, 0, 0x42])
        #expect(try read(MadeTags.id3(4, artists))?.artist == "A; B")
        let genres = MadeTags.text(4, "TCON", "(4)(17)Own\0RX\017\0((x)")
        #expect(try read(MadeTags.id3(4, genres))?.genre == "Disco; Rock; Own; Remix; (x)")
        let tunes = MadeTags.frame(4, "COMM", [3] + Array("engiTunNORM\0 00000".utf8))
        #expect(try read(MadeTags.id3(4, tunes)) == nil)
        let other = MadeTags.frame(4, "COMM", [3] + Array("engsource\0a tape".utf8))
        #expect(try read(MadeTags.id3(4, other))?.comment == "a tape")
        let plain = MadeTags.frame(4, "COMM", [3] + Array("eng\0hello".utf8))
        #expect(try read(MadeTags.id3(4, other, tunes, plain))?.comment == "hello")
        let other3 = MadeTags.frame(3, "COMM", [0] + Array("engsource\0a tape".utf8))
        let wide = MadeTags.frame(3, "COMM", [1, 0x65, 0x6E, 0x67, 0xFF, 0xFE, 0, 0, 0xFF, 0xFE, 0x41, 0])
        #expect(try read(MadeTags.id3(3, other3, wide))?.comment == "A", "a byte order mark alone is no description")
        let genre = MadeTags.frame(3, "TCON", [1, 0xFF, 0xFE, 0x28, 0, 0x31, 0, 0x37, 0, 0x29, 0])
        #expect(try read(MadeTags.id3(3, genre))?.genre == "Rock")
    }

    @Test func `texts under a name of the user's are told where frames are absent`() throws {
        let own = MadeTags.frame(4, "TXXX", [3] + Array("initialkey\08A".utf8))
        #expect(try read(MadeTags.id3(4, own))?.key == "8A")
        #expect(try read(MadeTags.id3(4, own, MadeTags.text(4, "TKEY", "Am")))?.key == "Am")
    }

    @Test func `unsynchronisation is undone, of the tag and of the frame`() throws {
        // ÿà would look like the start of a frame of sound; the sizes in 2.3 are those before.
        let frame = MadeTags.frame(3, "TIT2", [1, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0x00])
        let stored = frame[..<11] + [0xFF, 0x00, 0xFE, 0xFF, 0x00, 0x00, 0xE0, 0x00]
        let next = MadeTags.text(3, "TPE1", "next")
        let whole = try read(MadeTags.id3(3, flags: 0x80, Array(stored), next))
        #expect(whole?.title == "ÿà" && whole?.artist == "next")
        // 2.4 says it for each frame, with the length before in front; sizes are those after.
        let content: [UInt8] = [0, 0, 0, 7, 1, 0xFF, 0, 0xFE, 0xFF, 0, 0, 0xE0, 0]
        let later = MadeTags.text(4, "TPE1", "next")
        for flags in [0, 0x80] as [UInt8] {
            let found = try read(MadeTags.id3(4, flags: flags, MadeTags.frame(4, "TIT2", flags: 0x03, content), later))
            #expect(found?.title == "ÿà" && found?.artist == "next")
        }
    }

    @Test func `extended headers, groups and padding are passed by`() throws {
        let title = MadeTags.text(3, "TIT2", "t")
        #expect(try read(MadeTags.id3(3, flags: 0x40, [0, 0, 0, 6, 0, 0, 0, 0, 0, 0], title))?.title == "t")
        let new = MadeTags.text(4, "TIT2", "t")
        #expect(try read(MadeTags.id3(4, flags: 0x40, [0, 0, 0, 6, 1, 0], new))?.title == "t")
        let grouped = MadeTags.frame(3, "TIT2", flags: 0x20, [9, 0, 0x74])
        #expect(try read(MadeTags.id3(3, grouped))?.title == "t")
        let both = MadeTags.frame(4, "TIT2", flags: 0x41, [9, 0, 0, 0, 2, 0, 0x74])
        #expect(try read(MadeTags.id3(4, both))?.title == "t")
    }

    @Test func `what is compressed or encrypted is passed by`() throws {
        for (version, flags) in [(3, 0x80), (3, 0x40), (4, 0x08), (4, 0x04)] as [(UInt8, UInt8)] {
            let hidden = MadeTags.frame(version, "TIT2", flags: flags, [0, 0x74])
            let metadata = try read(MadeTags.id3(version, hidden, MadeTags.text(version, "TPE1", "a")))
            #expect(metadata?.title == nil && metadata?.artist == "a")
        }
        #expect(try read(MadeTags.id3(2, flags: 0x40, MadeTags.text(2, "TT2", "t"))) == nil)
    }

    @Test func `sizes that a program wrote in eight bits are understood`() throws {
        let long = String(repeating: "x", count: 300)
        let wrong = Array("TIT2".utf8) + MadeFiles.big(UInt32(301)) + [0, 0, 3] + Array(long.utf8)
        let metadata = try read(MadeTags.id3(4, wrong, MadeTags.text(4, "TPE1", "next")))
        #expect(metadata?.title == long && metadata?.artist == "next")
        let right = try read(MadeTags.id3(4, MadeTags.text(4, "TIT2", long), MadeTags.text(4, "TPE1", "next")))
        #expect(right == metadata)
    }

    @Test func `a picture before the texts is passed by without being read`() throws {
        let picture = MadeTags.frame(4, "APIC", [UInt8](repeating: 0x41, count: 3 << 20))
        #expect(try read(MadeTags.id3(4, picture, MadeTags.text(4, "TIT2", "t")))?.title == "t")
    }

    @Test func `the first of two tags goes first`() throws {
        let first = MadeTags.id3(4, MadeTags.text(4, "TIT2", "new"))
        let second = MadeTags.id3(3, MadeTags.text(3, "TIT2", "old"), MadeTags.text(3, "TPE1", "artist"))
        let metadata = try read(first + second)
        #expect(metadata?.title == "new" && metadata?.artist == "artist")
    }

    @Test func `ID3v1 is used where ID3v2 says nothing`() throws {
        let comment = Array("comment".utf8) + [UInt8](repeating: 0, count: 22) + [7]
        let tail = MadeTags.id3v1(
            title: "Title   ", artist: "Artist", album: "Album", year: "1999", comment: comment, genre: 17)
        var expected = AudioMetadata()
        (expected.title, expected.artist, expected.album) = ("Title", "Artist", "Album")
        (expected.date, expected.comment, expected.genre) = ("1999", "comment", "Rock")
        #expect(try MadeTags.metadata(MadeTags.mp3([], tail: tail)) == expected)
        let both = MadeTags.mp3(MadeTags.id3(4, MadeTags.text(4, "TIT2", "Longer title")), tail: tail)
        #expect(try MadeTags.metadata(both)?.title == "Longer title")
        #expect(try MadeTags.metadata(both)?.artist == "Artist")
        #expect(try MadeTags.metadata(MadeTags.mp3([], tail: MadeTags.id3v1(title: "", genre: 255))) == nil)
    }

    @Test(
        arguments: [
            ("128", 128), ("127.98", 127.98), ("127,5", 127.5), ("128 BPM", 128), ("174bpm", 174), ("0", nil),
            ("19", nil),
            ("1000", nil), ("-120", nil), ("1e2", nil), ("0x80", nil), ("nan", nil), ("inf", nil), ("12.0.0", nil),
            ("fast", nil), ("", nil), ("99999999999999999999999", nil),
        ] as [(String, Double?)])
    func `a tempo is a plain number from 20 to 999`(text: String, tempo: Double?) throws {
        #expect(try read(MadeTags.id3(4, MadeTags.text(4, "TBPM", text)))?.bpm == tempo)
    }

    @Test func `sizes that lead nowhere end the reading, not the file`() throws {
        let title = MadeTags.text(3, "TIT2", "t")
        for size in [UInt32.max, 0x7FFF_FFFF, 0x0FFF_FFFF, 1 << 20] {
            let hostile = Array("TPE1".utf8) + MadeFiles.big(size) + [0, 0, 0, 0x61]
            let metadata = try read(MadeTags.id3(3, title, hostile))
            #expect(metadata?.title == "t")
        }
        let beyond = MadeTags.id3(3, flags: 0x40, [0xFF, 0xFF, 0xFF, 0xFF], title)
        #expect(try read(beyond) == nil)
        let empty = MadeTags.frame(3, "TIT2", [])
        #expect(try read(MadeTags.id3(3, empty, MadeTags.frame(3, "TIT2", [0]), title))?.title == "t")
    }
}
