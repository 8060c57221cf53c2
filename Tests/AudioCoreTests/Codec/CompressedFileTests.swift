import Foundation
import StorageTestKit
import Testing

@testable import AudioCore

@Suite struct MP3Tests {
    private func decode(_ bytes: [UInt8]) throws -> Decoded {
        try withFile(bytes) { try Decoded($0) }
    }

    @Test(arguments: [10, 3_000, 300_000])
    func `tags of any size are passed by`(size: Int) throws {
        let plain = try AudioVectors.validBytes("mp3.mp3")
        let tail = Array("TAG".utf8) + [UInt8](repeating: 0x20, count: 125)
        #expect(
            try decode(MadeFiles.id3(size: size) + plain + tail).samples
                == Decoded(AudioVectors.valid("mp3.mp3")).samples)
    }

    @Test func `junk between frames changes the length of nothing`() throws {
        let frames = MadeFiles.mp3(frames: 10)
        let junk = [UInt8](repeating: 0x41, count: 50_000)
        let whole = try decode(frames + frames)
        #expect(try decode(frames + junk + frames).framesRead == whole.framesRead)
    }

    @Test(arguments: [0, 1, 9_999, UInt32.max])
    func `a forged length in the Info frame is set right`(claim: UInt32) throws {
        var bytes = try AudioVectors.validBytes("mp3.mp3")
        // "Xing", flags, then frames and bytes.
        bytes.replaceSubrange(44..<52, with: MadeFiles.big(claim) + MadeFiles.big(claim))
        let decoded = try decode(bytes)
        #expect(decoded.framesRead == 3_000)
        #expect(decoded.isTruncated == (claim > 9_000))
    }

    @Test func `fewer frames than the Info frame promises are said`() throws {
        // The info frame and all frames of sound but the last, whole ones.
        let bytes = try AudioVectors.validBytes("mp3.mp3")
        let last = try #require((0..<bytes.count - 1).last { bytes[$0] == 0xFF && bytes[$0 + 1] & 0xF0 == 0xF0 })
        #expect(try !decode(bytes).isTruncated)
        #expect(try decode(Array(bytes[..<last])).isTruncated)
    }

    @Test func `a last frame that is cut is left out, and said`() throws {
        let frames = MadeFiles.mp3(frames: 10)
        let decoded = try decode(Array(frames.dropLast(100)))
        #expect(decoded.isTruncated)
        #expect(try decoded.framesRead == decode(Array(frames.prefix(9 * 417))).framesRead)
    }

    @Test func `a long lure of false frames is searched once`() throws {
        // Each word is a legal header whose frame ends where no other begins.
        let lure = (0..<400_000).flatMap { _ in [0xFF, 0xFB, 0x90, 0x00] as [UInt8] }
        let frames = MadeFiles.mp3(frames: 5)
        try withFile(MadeFiles.id3(size: 10) + [1] + lure + [1] + frames) { path in
            #expect(processorTime { _ = try? drain(path) } < boundOfWork)
        }
    }

    @Test func `a change of rate ends the stream, and is said`() throws {
        // The second rate bit makes 48 kHz of it; frames are then 384 bytes.
        let other = (0..<10).flatMap { _ in [0xFF, 0xFB, 0x94, 0x00] + [UInt8](repeating: 0, count: 380) }
        let first = MadeFiles.mp3(frames: 10)
        let decoded = try decode(first + other)
        #expect(decoded.isTruncated)
        #expect(try decoded.framesRead == decode(first).framesRead)
    }
}

@Suite struct FLACTests {
    private func decode(_ bytes: some Sequence<UInt8>) throws -> Decoded {
        try withFile(bytes) { try Decoded($0) }
    }

    @Test func `one wrong bit in a frame is damage, not sound`() throws {
        var bytes = try AudioVectors.validBytes("flac16.flac")
        bytes[bytes.count / 2] ^= 1
        #expect(throws: AudioError.damaged(format: .flac, reason: "a frame fails its checks")) { try decode(bytes) }
    }

    @Test func `a false total is not believed`() throws {
        var bytes = try AudioVectors.validBytes("flac16.flac")
        // The lower 32 bits of the total.
        bytes.replaceSubrange(22..<26, with: [0, 0, 0, 5])
        #expect(try decode(bytes).framesRead == 3_000)
        bytes.replaceSubrange(22..<26, with: [0xFF, 0, 0, 0])
        #expect(try decode(bytes).framesRead == 3_000)
        #expect(try decode(bytes).isTruncated)
    }

    @Test func `tags before and after are passed by`() throws {
        let plain = try AudioVectors.validBytes("flac16.flac")
        let tail = Array("TAG".utf8) + [UInt8](repeating: 0x20, count: 125)
        #expect(try decode(MadeFiles.id3(size: 10_000) + plain + tail).framesRead == 3_000)
    }

    @Test func `a gap between frames is the same in any block size`() throws {
        // Three frames of 4,096 samples of silence in a stream that says 65,535: the decoder sees gaps and fills
        // them, in one go, with more than it was asked for.
        let info: [UInt8] =
            [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0x0A, 0xC4, 0x42, 0xF0, 0, 0, 0, 0]
            + [UInt8](repeating: 0, count: 16)
        let frames: [[UInt8]] = [
            [0xFF, 0xF8, 0x70, 0x18, 0, 0x0F, 0xFF, 0x4D, 0, 0, 0, 0, 0, 0, 0xD9, 0x38],
            [0xFF, 0xF8, 0x70, 0x18, 1, 0x0F, 0xFF, 0x26, 0, 0, 0, 0, 0, 0, 0xD4, 0x9C],
            [0xFF, 0xF8, 0x70, 0x18, 2, 0x0F, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0xC2, 0x70],
        ]
        let bytes = Array("fLaC".utf8) + [0x80, 0, 0, 34] + info + frames.flatMap { $0 }
        let counts = try [1, 1_000, 4_096, 5_000, 100_000].map { frames in
            try withFile(bytes) { try Decoded($0, frames: frames).framesRead }
        }
        #expect(counts[0] >= 3 * 4_096)
        #expect(Set(counts).count == 1, "\(counts)")
    }

    @Test func `padding at the end takes nothing away`() throws {
        let decoded = try decode(AudioVectors.validBytes("flac16.flac") + [UInt8](repeating: 0, count: 100_000))
        #expect(decoded.framesRead == 3_000)
        #expect(!decoded.isTruncated)
    }

    @Test func `a file cut in the middle of a frame gives the frames before`() throws {
        var bytes = try AudioVectors.validBytes("flac16.flac")
        // All of its sound is one FLAC frame, which begins at byte 86: here it is twice, then cut.
        bytes += bytes[86...]
        bytes.replaceSubrange(22..<26, with: [0, 0, 0x17, 0x70])
        #expect(try decode(bytes).framesRead == 6_000)
        let cut = try decode(bytes.dropLast(1_000))
        #expect(cut.framesRead == 3_000)
        #expect(cut.isTruncated)
    }

    private static let folder = ProcessInfo.processInfo.environment["WAXWING_VECTORS"]

    /// What each third-party file is to give: frames, or `nil` for a typed error.
    private static let faulty: [(name: String, frames: Int?)] = [
        ("01_-_wrong_max_blocksize", 101_999), ("03_-_wrong_bit_depth", 89_903),
        ("04_-_wrong_number_of_channels", nil), ("06_-_missing_streaminfo_metadata_block", nil),
        ("10_-_invalid_vorbis_comment_metadata_block", 119_279), ("11_-_incorrect_metadata_block_length", nil),
    ]

    @Test(
        .enabled(if: folder != nil || isContinuousIntegration, "set WAXWING_VECTORS to read flac-faulty"),
        arguments: faulty)
    func `faulty streams of the FLAC working group are survived`(name: String, frames: Int?) throws {
        let path = try #require(Self.folder) + "/flac-faulty/\(name).flac"
        if let frames {
            #expect(try drain(path) == frames)
        } else {
            #expect(throws: AudioError.self) { try drain(path) }
        }
    }
}
