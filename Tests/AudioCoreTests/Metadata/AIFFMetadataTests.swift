import Testing

@testable import AudioCore

@Suite struct AIFFMetadataTests {
    private let sound = MadeFiles.bigChunk("SSND", [UInt8](repeating: 0, count: 208))

    private func text(_ tag: String, _ text: String) -> [UInt8] { MadeFiles.bigChunk(tag, Array(text.utf8)) }

    private func comments(_ list: [(marker: UInt16, text: String)]) -> [UInt8] {
        let bodies = list.flatMap { comment in
            MadeFiles.big(0 as UInt32) + MadeFiles.big(comment.marker) + MadeFiles.big(UInt16(comment.text.utf8.count))
                + Array(comment.text.utf8) + (comment.text.utf8.count.isMultiple(of: 2) ? [] : [0])
        }
        return MadeFiles.bigChunk("COMT", MadeFiles.big(UInt16(list.count)) + bodies)
    }

    private func markers(_ list: [(id: UInt16, place: UInt32, name: String)]) -> [UInt8] {
        let bodies = list.flatMap { marker in
            let name = [UInt8(marker.name.utf8.count)] + Array(marker.name.utf8)
            return MadeFiles.big(marker.id) + MadeFiles.big(marker.place) + name
                + (name.count.isMultiple(of: 2) ? [] : [0])
        }
        return MadeFiles.bigChunk("MARK", MadeFiles.big(UInt16(list.count)) + bodies)
    }

    @Test func `text chunks are told, before the sound or behind`() throws {
        let texts = [
            text("NAME", "Title"), text("AUTH", "Artist"), text("(c) ", "1989 me"), text("ANNO", "first"),
            text("ANNO", "second"), comments([(0, "third"), (4, "on a marker that is not there")]),
        ]
        for metadata in [
            try MadeTags.metadata(MadeFiles.aiff(texts + [sound])),
            try MadeTags.metadata(MadeFiles.aiff([sound] + texts)),
        ] {
            var expected = AudioMetadata()
            (expected.title, expected.artist, expected.copyright) = ("Title", "Artist", "1989 me")
            expected.comment = "first\nsecond\nthird"
            #expect(metadata == expected)
        }
    }

    @Test func `markers have names and comments, front to back`() throws {
        // The sound has 100 frames.
        let marks = markers([(2, 60, "even"), (1, 0, "odd"), (3, 100, ""), (4, 101, "beyond")])
        let found = try MadeTags.metadata(MadeFiles.aiff([marks, comments([(2, "loud")]), sound]))?.markers
        #expect(
            found == [
                CueMarker(frame: 0, label: "odd"), CueMarker(frame: 60, label: "even", note: "loud"),
                CueMarker(frame: 100),
            ])
    }

    @Test func `an ID3 chunk goes first`() throws {
        let tag = MadeFiles.bigChunk("ID3 ", MadeTags.id3(3, MadeTags.text(3, "TPE1", "From ID3")))
        let metadata = try MadeTags.metadata(MadeFiles.aiff([text("AUTH", "a"), text("NAME", "n"), sound, tag]))
        #expect(metadata?.artist == "From ID3" && metadata?.title == "n")
    }

    @Test func `counts are not believed`() throws {
        let claims = MadeFiles.bigChunk("MARK", [0xFF, 0xFF, 0, 7, 0, 0, 0, 1, 0xFF])
        let more = MadeFiles.bigChunk("COMT", [0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0x41])
        let metadata = try MadeTags.metadata(MadeFiles.aiff([claims, more, sound]))
        #expect(metadata?.markers == [CueMarker(frame: 1)] && metadata?.comment == "A")
    }
}
