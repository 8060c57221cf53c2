import StorageTestKit
import Testing

@testable import AudioCore

@Suite struct OggTests {
    private func decode(_ bytes: [UInt8]) throws -> Decoded {
        try withFile(bytes) { try Decoded($0) }
    }

    @Test func `a stream without its last page is cut, and says so`() throws {
        let bytes = try AudioVectors.validBytes("ogg.ogg")
        let isTruncated = try withFile(bytes.dropLast(10)) { try AudioFile(path: $0).isTruncated }
        #expect(isTruncated)
    }

    @Test(arguments: ["ogg.ogg", "opus.opus"])
    func `streams of one kind that follow each other are one sound`(name: String) throws {
        let one = try AudioVectors.validBytes(name)
        let sound = try decode(one)
        let chain = try decode(one + one + one)
        #expect(chain.samples == sound.samples + sound.samples + sound.samples)
        #expect(!chain.isTruncated)
    }

    @Test func `streams of one kind may carry different numbers`() throws {
        let chain = MadeFiles.opus(pages: 2, stream: 1) + MadeFiles.opus(pages: 3, stream: 2)
        let decoded = try decode(chain.flatMap { $0 })
        #expect(decoded.framesRead == 5 * 4_800)
        #expect(!decoded.isTruncated)
    }

    @Test func `a stream of another kind ends the sound, and is said`() throws {
        let (first, second) = try (AudioVectors.validBytes("ogg.ogg"), AudioVectors.validBytes("opus.opus"))
        let decoded = try decode(first + second)
        #expect(decoded.framesRead == 3_000)
        #expect(decoded.isTruncated)
    }

    @Test func `after a stream that was cut the next one is given`() throws {
        let cut = MadeFiles.opus(pages: 4, stream: 1).dropLast()
        let decoded = try decode((cut + MadeFiles.opus(pages: 2, stream: 2)).flatMap { $0 })
        #expect(decoded.framesRead == 5 * 4_800)
        #expect(decoded.isTruncated)
    }

    @Test func `a page that is missing or damaged is said`() throws {
        let pages = MadeFiles.opus(pages: 6)
        #expect(try !decode(pages.flatMap { $0 }).isTruncated)
        #expect(try decode((pages[..<4] + pages[5...]).flatMap { $0 }).isTruncated)
        var damaged = pages
        damaged[4][40] ^= 1
        #expect(try decode(damaged.flatMap { $0 }).isTruncated)
    }

    @Test func `what is no page behind the last one is a tag`() throws {
        let tag = Array("TAG".utf8) + [UInt8](repeating: 0x20, count: 125)
        let decoded = try decode(AudioVectors.validBytes("ogg.ogg") + tag)
        #expect(decoded.framesRead == 3_000)
        #expect(!decoded.isTruncated)
    }

    @Test func `more streams than anyone has are not all opened`() throws {
        let one = MadeFiles.opus(pages: 1).flatMap { $0 }
        let decoded = try decode((0..<150).flatMap { _ in one })
        #expect(decoded.framesRead == 100 * 4_800)
        #expect(decoded.isTruncated)
    }

    @Test func `overlapping false pages cost little`() throws {
        // Each claims 255 segments of 79 bytes or more, and none has a right checksum.
        let lure = (0..<60_000).flatMap { _ in [0x4F, 0x67, 0x67, 0x53, 0] as [UInt8] }
        let bytes = MadeFiles.opus(pages: 3).flatMap { $0 } + lure + [UInt8](repeating: 0xFF, count: 70_000)
        try withFile(bytes) { path in
            #expect(processorTime { _ = try? drain(path) } < boundOfWork)
        }
    }
}
