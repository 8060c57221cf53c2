import Testing

@testable import AudioCore

@Suite struct VorbisCommentTests {
    private let comments = [
        "TITLE=Café", "Artist=Ada", "ARTIST=Grace", "album=日本", "GENRE=House", "COMMENT=one\ntwo", "DATE=2024-05-01",
        "COPYRIGHT=me", "ENCODER=tool 2", "ISRC=GBAYE0000351", "BPM=127.98", "INITIALKEY=8A", "nothing", "=", "X=y",
    ]

    private var expected: AudioMetadata {
        var expected = AudioMetadata()
        (expected.title, expected.artist, expected.album) = ("Café", "Ada; Grace", "日本")
        (expected.genre, expected.comment, expected.date) = ("House", "one\ntwo", "2024-05-01")
        (expected.copyright, expected.software, expected.isrc) = ("me", "tool 2", "GBAYE0000351")
        (expected.bpm, expected.key) = (127.98, "8A")
        return expected
    }

    @Test func `comments of FLAC and Opus are told`() throws {
        #expect(try MadeTags.metadata(MadeTags.flac(type: 4, MadeTags.vorbis(comments))) == expected)
        #expect(try MadeTags.metadata(MadeTags.opus(MadeTags.vorbis(comments))) == expected)
    }

    @Test func `comments of Ogg Vorbis are told`() throws {
        #expect(try MadeTags.metadata(AudioVectors.validBytes("ogg.ogg"))?.software?.isEmpty == false)
    }

    @Test(arguments: [1, 2, 7])
    func `a comment packet may span pages`(segments: Int) throws {
        // The last one has 510 bytes of segments that are full: an empty one must follow.
        for length in [1_000, 5_000, 255 * 4 - 8 - 8 - 9 - 12] {
            let filler = "X=" + String(repeating: "x", count: length)
            let bytes = MadeTags.opus(MadeTags.vorbis([filler] + comments), segments: segments)
            #expect(try MadeTags.metadata(bytes) == expected)
        }
    }

    @Test func `the vendor is the software where nothing else is`() throws {
        #expect(try MadeTags.metadata(MadeTags.opus(MadeTags.vorbis([])))?.software == "maker 1.0")
    }

    @Test func `second names are used where the first are absent`() throws {
        let second = MadeTags.vorbis(["DESCRIPTION=d", "YEAR=1999", "KEY=Am"])
        let metadata = try MadeTags.metadata(MadeTags.opus(second))
        #expect(metadata?.comment == "d" && metadata?.date == "1999" && metadata?.key == "Am")
        let both = MadeTags.vorbis(["DESCRIPTION=d", "COMMENT=c", "YEAR=1999", "DATE=2000"])
        #expect(try MadeTags.metadata(MadeTags.opus(both))?.comment == "c")
        #expect(try MadeTags.metadata(MadeTags.opus(both))?.date == "2000")
    }

    @Test func `counts and lengths are not believed`() {
        func read(_ comments: [UInt8]) -> AudioMetadata { VorbisComment.read(TagInput(comments).all) }
        #expect(read(MadeTags.vorbis(["TITLE=t"], count: .max)).title == "t")
        let long = MadeTags.vorbis([], count: 1) + MadeFiles.little(UInt32.max)
        #expect(read(long + Array("TITLE=t".utf8)).title == "t")
        #expect(read(MadeFiles.little(UInt32.max) + Array("maker".utf8)).software == "maker")
        #expect(read([]) == AudioMetadata() && read([1, 0, 0]) == AudioMetadata())
    }

    @Test func `a picture among the comments is passed by`() throws {
        let picture = "METADATA_BLOCK_PICTURE=" + String(repeating: "A", count: 300_000)
        #expect(try MadeTags.metadata(MadeTags.opus(MadeTags.vorbis([picture] + comments))) == expected)
        #expect(try MadeTags.metadata(MadeTags.flac(type: 4, MadeTags.vorbis([picture] + comments))) == expected)
    }

    @Test func `an ID3 tag before a FLAC fills what its comments leave open`() throws {
        let tag = MadeTags.id3(4, MadeTags.text(4, "TIT2", "From ID3"), MadeTags.text(4, "TPE1", "Artist"))
        let metadata = try MadeTags.metadata(tag + MadeTags.flac(type: 4, MadeTags.vorbis(["TITLE=From Vorbis"])))
        #expect(metadata?.title == "From Vorbis" && metadata?.artist == "Artist")
    }

    @Test func `tracks of a cue sheet are markers`() throws {
        func track(_ start: UInt64, _ number: UInt8, _ points: [(UInt64, UInt8)]) -> [UInt8] {
            MadeFiles.big(start) + [number] + [UInt8](repeating: 0, count: 26) + [UInt8(points.count)]
                + points.flatMap { MadeFiles.big($0.0) + [$0.1, 0, 0, 0] }
        }
        let sheet =
            [UInt8](repeating: 0, count: 395) + [4] + track(0, 1, [(0, 1)]) + track(1_000, 2, [(0, 0), (200, 1)])
            + track(9_999_999, 3, [(0, 1)]) + track(3_000, 170, [])
        #expect(
            try MadeTags.metadata(MadeTags.flac(type: 5, sheet))?.markers == [
                CueMarker(frame: 0, label: "Track 1"), CueMarker(frame: 1_200, label: "Track 2"),
            ])
    }
}
