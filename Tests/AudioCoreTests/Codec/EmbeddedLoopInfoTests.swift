import Foundation
import StorageTestKit
import Testing

@testable import AudioCore

@Suite struct WAVLoopInfoTests {
    private let sound = MadeFiles.chunk("data", [UInt8](repeating: 0, count: 200))

    /// The `acid` chunk of a two-bar loop in D, with what a test changes.
    private func acid(
        flags: UInt32 = 2, note: UInt16 = 62, beats: UInt32 = 8, meter: (UInt16, UInt16) = (3, 4), bpm: Float = 174.5
    ) -> [UInt8] {
        let numbers =
            MadeFiles.little(flags) + MadeFiles.little(note) + MadeFiles.little(0x8000 as UInt16)
            + MadeFiles.little(0 as UInt32) + MadeFiles.little(beats)
        return MadeFiles.chunk(
            "acid",
            numbers + MadeFiles.little(meter.1) + MadeFiles.little(meter.0) + MadeFiles.little(bpm.bitPattern))
    }

    private func sampler(note: UInt32, loops: [(UInt32, UInt32)], count: UInt32? = nil) -> [UInt8] {
        let head: [UInt32] = [0, 0, 22_675, note, 0, 0, 0, count ?? UInt32(loops.count), 0]
        let fields = head + loops.flatMap { [0, 0, $0.0, $0.1, 0, 0] }
        return MadeFiles.chunk("smpl", fields.flatMap { MadeFiles.little($0) })
    }

    private func embedded(_ bytes: [UInt8]) throws -> EmbeddedLoopInfo? {
        try withFile(bytes) { try AudioFile(path: $0).embedded }
    }

    @Test func `an acidized loop tells tempo, beats, meter and root note, before the sound or behind`() throws {
        for bytes in [MadeFiles.wav(acid(), MadeFiles.fmt(), sound), MadeFiles.wav(MadeFiles.fmt(), sound, acid())] {
            let info = try #require(try embedded(bytes))
            #expect(info.bpm == 174.5)
            #expect(info.beats == 8)
            #expect(info.meter == .init(beats: 3, unit: 4))
            #expect(info.rootNote == 62)
            #expect(info.isOneShot == false)
            #expect(info.scale == nil)
            #expect(info.loops.isEmpty)
        }
    }

    @Test(arguments: [0, 19.9, 1_000, -120, .nan, .infinity, .leastNonzeroMagnitude] as [Float])
    func `a tempo that is none is not told`(bpm: Float) throws {
        #expect(try embedded(MadeFiles.wav(MadeFiles.fmt(), sound, acid(bpm: bpm)))?.bpm == nil)
    }

    @Test func `fields out of range are absent, one by one`() throws {
        let odd = acid(flags: 1, note: 62, beats: .max, meter: (4, 3), bpm: 90)
        let info = try #require(try embedded(MadeFiles.wav(MadeFiles.fmt(), sound, odd)))
        var expected = EmbeddedLoopInfo()
        (expected.isOneShot, expected.bpm) = (true, 90)
        #expect(info == expected)
        let high = try embedded(MadeFiles.wav(MadeFiles.fmt(), sound, acid(note: 128)))
        #expect(high?.rootNote == nil)
    }

    @Test func `sampler loops inside the sound are told, others are not`() throws {
        // The last frame of a loop belongs to it; the sound has 100.
        let chunk = sampler(note: 57, loops: [(0, 99), (10, 10), (50, 100), (20, 10), (.max, .max)])
        let info = try #require(try embedded(MadeFiles.wav(MadeFiles.fmt(), sound, chunk)))
        #expect(info.rootNote == 57)
        #expect(info.loops == [0..<100, 10..<11])
    }

    @Test func `a count of loops is not believed`() throws {
        let many = sampler(note: 60, loops: Array(repeating: (1, 2), count: 500))
        #expect(try embedded(MadeFiles.wav(MadeFiles.fmt(), sound, many))?.loops.count == 16)
        let claims = sampler(note: 60, loops: [(1, 2)], count: .max)
        #expect(try embedded(MadeFiles.wav(MadeFiles.fmt(), sound, claims))?.loops.count == 1)
    }

    @Test func `the flagged note of acid goes before that of the sampler`() throws {
        let sampler = sampler(note: 60, loops: [])
        #expect(try embedded(MadeFiles.wav(MadeFiles.fmt(), sampler, sound, acid()))?.rootNote == 62)
        #expect(try embedded(MadeFiles.wav(MadeFiles.fmt(), sampler, sound, acid(flags: 0)))?.rootNote == 60)
    }

    @Test(arguments: 0..<24)
    func `chunks cut short say nothing and harm nothing`(length: Int) throws {
        let short = MadeFiles.chunk("acid", Array(acid()[8..<8 + length]))
        try withFile(MadeFiles.wav(MadeFiles.fmt(), sound, short)) { path in
            let decoded = try Decoded(path)
            #expect(decoded.framesRead == 100)
            #expect(try AudioFile(path: path).embedded == nil)
        }
        let claims = MadeFiles.chunk("smpl", [1, 2, 3], size: .max)
        #expect(try embedded(MadeFiles.wav(MadeFiles.fmt(), sound, claims)) == nil)
    }

    @Test func `a plain file has nothing to say`() throws {
        #expect(try AudioFile(path: AudioVectors.valid("wav16.wav")).embedded == nil)
        #expect(try AudioFile(path: AudioVectors.valid("flac16.flac")).embedded == nil)
    }

    @Test func `chunks without end behind the sound are not followed`() throws {
        let junk = (0..<50_000).flatMap { _ in MadeFiles.chunk("junk", []) }
        try withFile(MadeFiles.wav(MadeFiles.fmt(), sound, junk, acid())) { path in
            var info: EmbeddedLoopInfo?
            let time = processorTime { info = try? AudioFile(path: path).embedded }
            #expect(info == nil)
            #expect(time < boundOfWork)
        }
    }

    @Test func `it survives JSON`() throws {
        let info = try embedded(MadeFiles.wav(MadeFiles.fmt(), sound, acid(), sampler(note: 60, loops: [(1, 2)])))
        let json = try JSONEncoder().encode(info)
        #expect(try JSONDecoder().decode(EmbeddedLoopInfo?.self, from: json) == info)
        #expect(String(decoding: json, as: UTF8.self).contains("\"root_note\":62"))
    }
}

@Suite struct AIFFLoopInfoTests {
    private let sound = MadeFiles.bigChunk("SSND", [UInt8](repeating: 0, count: 208))

    /// Version, beats, root note, scale, meter.
    private func basics(beats: UInt32 = 16, note: UInt16 = 57, scale: UInt16 = 1) -> [UInt8] {
        MadeFiles.bigChunk(
            "basc",
            MadeFiles.big(1 as UInt32) + MadeFiles.big(beats) + MadeFiles.big(note) + MadeFiles.big(scale)
                + MadeFiles.big(4 as UInt16) + MadeFiles.big(4 as UInt16) + [UInt8](repeating: 0, count: 68))
    }

    private func instrument(note: UInt8, sustain: [UInt16], release: [UInt16] = [0, 0, 0]) -> [UInt8] {
        MadeFiles.bigChunk("INST", [note, 0, 0, 127, 1, 127, 0, 0] + (sustain + release).flatMap { MadeFiles.big($0) })
    }

    private func markers(_ list: [(id: UInt16, position: UInt32, name: String)]) -> [UInt8] {
        let bodies = list.flatMap { marker in
            let name = [UInt8(marker.name.utf8.count)] + marker.name.utf8
            return MadeFiles.big(marker.id) + MadeFiles.big(marker.position) + name
                + (name.count.isMultiple(of: 2) ? [] : [0])
        }
        return MadeFiles.bigChunk("MARK", MadeFiles.big(UInt16(list.count)) + bodies)
    }

    private func embedded(_ chunks: [UInt8]...) throws -> EmbeddedLoopInfo? {
        try withFile(MadeFiles.aiff(chunks)) { try AudioFile(path: $0).embedded }
    }

    @Test func `an Apple Loop tells beats, meter and key, before the sound or behind`() throws {
        for info in [try embedded(basics(), sound), try embedded(sound, basics())] {
            var expected = EmbeddedLoopInfo()
            (expected.beats, expected.meter) = (16, .init(beats: 4, unit: 4))
            (expected.rootNote, expected.scale) = (57, .minor)
            #expect(info == expected)
        }
        #expect(try embedded(basics(beats: 0, note: 0, scale: 3), sound)?.beats == nil)
        #expect(try embedded(basics(scale: 2), sound)?.scale == .major)
        #expect(try embedded(basics(scale: 4), sound)?.scale == nil)
    }

    @Test func `loops lie between the markers that the instrument names`() throws {
        let marks = markers([(7, 20, "start"), (9, 80, "to the end"), (2, 101, "")])
        let info = try embedded(instrument(note: 64, sustain: [1, 7, 9]), sound, marks)
        #expect(info?.rootNote == 64)
        #expect(info?.loops == [20..<80])
        #expect(try embedded(marks, instrument(note: 64, sustain: [1, 9, 7], release: [2, 7, 2]), sound)?.loops == [])
        #expect(try embedded(instrument(note: 64, sustain: [0, 7, 9]), marks, sound)?.loops == [], "no play mode")
        #expect(try embedded(instrument(note: 64, sustain: [1, 7, 9]), sound)?.loops == [], "no markers")
    }

    @Test func `a count of markers is not believed`() throws {
        let claims = MadeFiles.bigChunk("MARK", [0xFF, 0xFF, 0, 7, 0, 0, 0, 1, 0xFF])
        #expect(try embedded(instrument(note: 64, sustain: [1, 7, 7]), claims, sound)?.loops == [])
    }
}
