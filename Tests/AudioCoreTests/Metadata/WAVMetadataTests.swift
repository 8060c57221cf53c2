import Testing

@testable import AudioCore

@Suite struct WAVMetadataTests {
    private let sound = MadeFiles.chunk("data", [UInt8](repeating: 0, count: 200))

    private func info(_ entries: [(String, [UInt8])]) -> [UInt8] {
        MadeFiles.chunk("LIST", Array("INFO".utf8) + entries.flatMap { MadeFiles.chunk($0.0, $0.1) })
    }

    private func read(_ chunks: [UInt8]...) throws -> AudioMetadata? {
        try MadeTags.metadata(MadeFiles.wav(MadeFiles.fmt(), chunks.flatMap { $0 }))
    }

    @Test func `each entry of LIST INFO is told, before the sound or behind`() throws {
        let list = info([
            ("INAM", Array("Title\0".utf8)), ("IART", Array("Artist\0".utf8)), ("IPRD", Array("Album".utf8)),
            ("IGNR", Array("House\0\0".utf8)), ("ICMT", Array("one\r\ntwo\0".utf8)), ("ICRD", Array("2024\0".utf8)),
            ("ICOP", Array("me\0".utf8)), ("ISFT", Array("odd length".utf8)), ("IXXX", Array("unknown\0".utf8)),
        ])
        for metadata in [try read(list, sound), try read(sound, list)] {
            var expected = AudioMetadata()
            (expected.title, expected.artist, expected.album) = ("Title", "Artist", "Album")
            (expected.genre, expected.comment, expected.date) = ("House", "one\ntwo", "2024")
            (expected.copyright, expected.software) = ("me", "odd length")
            #expect(metadata == expected)
        }
    }

    @Test func `text is UTF-8 if it can be, else Windows-1252`() throws {
        #expect(try read(info([("INAM", Array("Café 日本".utf8))]), sound)?.title == "Café 日本")
        #expect(try read(info([("INAM", [0x43, 0x61, 0x66, 0xE9, 0x20, 0x80, 0x93])]), sound)?.title == "Café €“")
    }

    @Test func `a big-endian file is read big-endian`() throws {
        let entry = MadeFiles.bigChunk("INAM", Array("Big".utf8))
        let format: [UInt8] = [0, 1, 0, 1, 0, 0, 0xAC, 0x44, 0, 1, 0x58, 0x88, 0, 2, 0, 16]
        let chunks =
            MadeFiles.bigChunk("fmt ", format) + MadeFiles.bigChunk("LIST", Array("INFO".utf8) + entry)
            + MadeFiles.bigChunk("data", [0, 0, 0, 0])
        let body = Array("WAVE".utf8) + chunks
        #expect(try MadeTags.metadata(Array("RIFX".utf8) + MadeFiles.big(UInt32(body.count)) + body)?.title == "Big")
    }

    @Test func `an ID3 chunk goes first, the list fills what it leaves open`() throws {
        let tag = MadeFiles.chunk("id3 ", MadeTags.id3(4, MadeTags.text(4, "TIT2", "From ID3")))
        let list = info([("INAM", Array("From INFO".utf8)), ("IART", Array("Artist".utf8))])
        let metadata = try read(list, sound, tag)
        #expect(metadata?.title == "From ID3" && metadata?.artist == "Artist")
    }

    @Test func `a file that says nothing has nothing to say`() throws {
        #expect(try read(sound) == nil)
        #expect(try read(info([]), sound) == nil)
        #expect(try read(info([("INAM", [0, 0, 0, 0])]), sound) == nil)
        #expect(try read(MadeFiles.chunk("LIST", Array("INFOINAM".utf8)), sound) == nil)
    }
}

@Suite struct CueMarkerTests {
    private let sound = MadeFiles.chunk("data", [UInt8](repeating: 0, count: 200))

    /// Points (number, frame) as `cue ` has them.
    private func cue(_ points: [(UInt32, UInt32)], count: UInt32? = nil) -> [UInt8] {
        let bodies = points.flatMap { id, frame in
            MadeFiles.little(id) + MadeFiles.little(0 as UInt32) + Array("data".utf8) + MadeFiles.little(0 as UInt32)
                + MadeFiles.little(0 as UInt32) + MadeFiles.little(frame)
        }
        return MadeFiles.chunk("cue ", MadeFiles.little(count ?? UInt32(points.count)) + bodies)
    }

    private func names(_ entries: [UInt8]...) -> [UInt8] {
        MadeFiles.chunk("LIST", Array("adtl".utf8) + entries.flatMap { $0 })
    }

    private func text(_ tag: String, _ id: UInt32, _ text: String) -> [UInt8] {
        MadeFiles.chunk(tag, MadeFiles.little(id) + Array(text.utf8) + [0])
    }

    private func region(_ id: UInt32, length: UInt32, _ text: String = "") -> [UInt8] {
        let head =
            MadeFiles.little(id) + MadeFiles.little(length) + Array("rgn ".utf8) + [UInt8](repeating: 0, count: 8)
        return MadeFiles.chunk("ltxt", head + Array(text.utf8))
    }

    private func markers(_ chunks: [UInt8]...) throws -> [CueMarker] {
        try MadeTags.metadata(MadeFiles.wav(MadeFiles.fmt(), chunks.flatMap { $0 }))?.markers ?? []
    }

    @Test func `points have their labels, notes and regions, front to back`() throws {
        let list = names(
            text("labl", 2, "Chorus"), text("labl", 1, "Verse"), text("note", 1, "quiet\nhere"), region(2, length: 30),
            region(3, length: 10, "named by its region"))
        let found = try markers(sound, cue([(2, 50), (1, 0), (3, 90), (9, 20)]), list)
        #expect(
            found == [
                CueMarker(frame: 0, label: "Verse", note: "quiet\nhere"), CueMarker(frame: 20),
                CueMarker(frame: 50, length: 30, label: "Chorus"),
                CueMarker(frame: 90, length: 10, label: "named by its region"),
            ])
        #expect(try markers(list, cue([(2, 50)]), sound).first?.label == "Chorus", "before the sound as well")
    }

    @Test func `points and regions beyond the sound are left out`() throws {
        // The sound has 100 frames; a point at its end stands behind the last one.
        let found = try markers(
            sound, cue([(1, 100), (2, 101), (3, .max), (4, 90)]), names(region(4, length: 11), region(1, length: 0)))
        #expect(found == [CueMarker(frame: 90), CueMarker(frame: 100)])
    }

    @Test func `a name is told once`() throws {
        let found = try markers(sound, cue([(1, 5), (1, 9)]), names(text("labl", 1, "Verse"), text("note", 1, "n")))
        #expect(found == [CueMarker(frame: 5, label: "Verse", note: "n"), CueMarker(frame: 9)])
    }

    @Test func `a count of points is not believed`() throws {
        #expect(try markers(sound, cue([(1, 5)], count: .max)).count == 1)
        #expect(try markers(sound, cue((0..<5_000).map { ($0, $0 % 100) })).count == 1_000)
        #expect(try markers(sound, MadeFiles.chunk("cue ", [1, 0])).isEmpty)
    }
}

@Suite struct BroadcastExtensionTests {
    private func field(_ text: String, _ size: Int) -> [UInt8] {
        Array((Array(text.utf8) + Array(repeating: 0, count: size)).prefix(size))
    }

    private func chunk(version: UInt16, loudness: [Int16], time: UInt64 = 5_000_000_000) -> [UInt8] {
        field("A door", 256) + field("Recorder", 32) + field("REF/7", 32) + field("2024-05-01", 10)
            + field("12:30:00", 8) + MadeFiles.little(time) + MadeFiles.little(version)
            + [UInt8](repeating: 0xAA, count: 64) + loudness.flatMap { MadeFiles.little($0) }
            + [UInt8](repeating: 0, count: 180) + Array("A=PCM,F=48000\r\nA=MP3\r\n\0".utf8)
    }

    private func read(_ content: [UInt8]) throws -> BroadcastExtension? {
        let sound = MadeFiles.chunk("data", [0, 0, 0, 0])
        return try MadeTags.metadata(MadeFiles.wav(MadeFiles.chunk("bext", content), MadeFiles.fmt(), sound))?.broadcast
    }

    @Test func `every field of version 2 is told`() throws {
        let found = try #require(try read(chunk(version: 2, loudness: [-2_300, 512, -105, -1_890, -2_010])))
        var expected = BroadcastExtension(version: 2)
        (expected.description, expected.originator, expected.originatorReference) = ("A door", "Recorder", "REF/7")
        (expected.originationDate, expected.originationTime) = ("2024-05-01", "12:30:00")
        (expected.timeReference, expected.codingHistory) = (5_000_000_000, "A=PCM,F=48000\nA=MP3")
        (expected.loudness, expected.loudnessRange, expected.truePeak) = (-23, 5.12, -1.05)
        (expected.momentaryMaximum, expected.shortTermMaximum) = (-18.9, -20.1)
        #expect(found == expected)
    }

    @Test func `loudness is read from version 2 on, and only what was measured`() throws {
        #expect(try read(chunk(version: 1, loudness: [-2_300, 512, -105, -1_890, -2_010]))?.loudness == nil)
        let some = try read(chunk(version: 2, loudness: [-2_300, .max, 10_000, -10_000, .min]))
        #expect(some?.loudness == -23)
        #expect(some?.loudnessRange == nil && some?.truePeak == nil)
        #expect(some?.momentaryMaximum == nil && some?.shortTermMaximum == nil)
        #expect(try read(chunk(version: 2, loudness: [0, 0, 0, 0, 0]))?.loudness == nil, "left empty by its writer")
    }

    @Test func `a chunk cut short says what it has or nothing`() throws {
        let whole = chunk(version: 2, loudness: [-2_300, 512, -105, -1_890, -2_010])
        for length in 0..<348 { #expect(try read(Array(whole[..<length])) == nil) }
        #expect(try read(Array(whole[..<348]))?.originator == "Recorder")
        #expect(try read(Array(whole[..<414]))?.loudness == -23)
        #expect(try read(chunk(version: 0, loudness: [], time: .max))?.timeReference == nil)
    }
}
