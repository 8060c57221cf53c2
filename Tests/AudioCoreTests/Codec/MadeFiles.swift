@testable import AudioCore

/// Small files made in memory, so that a test shows what is odd about each.
enum MadeFiles {
    /// A WAV of `chunks`; the RIFF size is right unless given.
    static func wav(_ chunks: [UInt8]..., magic: String = "RIFF", size: UInt32? = nil) -> [UInt8] {
        let body = Array("WAVE".utf8) + chunks.flatMap { $0 }
        return Array(magic.utf8) + little(size ?? UInt32(body.count)) + body
    }

    /// A chunk whose size is right unless given, padded to an even length.
    static func chunk(_ tag: String, _ content: [UInt8], size: UInt32? = nil) -> [UInt8] {
        Array(tag.utf8) + little(size ?? UInt32(content.count)) + content
            + (content.count.isMultiple(of: 2) ? [] : [0])
    }

    static func fmt(
        codec: UInt16 = 1, channels: UInt16 = 1, rate: UInt32 = 44_100, bits: UInt16 = 16, frameBytes: UInt16? = nil
    ) -> [UInt8] {
        let block = frameBytes ?? channels * ((bits + 7) / 8)
        return chunk(
            "fmt ", little(codec) + little(channels) + little(rate) + little(UInt32(0)) + little(block) + little(bits))
    }

    /// A mono WAV of 16-bit samples.
    static func wav(samples: [Int16], channels: UInt16 = 1) -> [UInt8] {
        wav(fmt(channels: channels), chunk("data", samples.flatMap { little($0) }))
    }

    /// MP3 frames of silence, 128 kbit/s, 44.1 kHz stereo: 417 bytes each.
    static func mp3(frames: Int) -> [UInt8] {
        (0..<frames).flatMap { _ in [0xFF, 0xFB, 0x90, 0x00] + [UInt8](repeating: 0, count: 413) }
    }

    /// Silence in Opus, stereo: `pages` pages of five packets of 20 ms behind the two headers.
    static func opus(pages: Int, stream: UInt32 = 7) -> [[UInt8]] {
        let head = Array("OpusHead".utf8) + [1, 2, 0, 0] + little(48_000 as UInt32) + [0, 0, 0]
        let tags = Array("OpusTags".utf8) + [UInt8](repeating: 0, count: 8)
        let headers = [
            oggPage([head], stream, sequence: 0, flags: 2, granule: 0),
            oggPage([tags], stream, sequence: 1, flags: 0, granule: 0),
        ]
        return headers
            + (1...pages).map { page in
                oggPage(
                    Array(repeating: [0xFC, 0xFF, 0xFE], count: 5), stream, sequence: UInt32(page + 1),
                    flags: page == pages ? 4 : 0, granule: UInt64(page * 4_800))
            }
    }

    private static func oggPage(
        _ packets: [[UInt8]], _ stream: UInt32, sequence: UInt32, flags: UInt8, granule: UInt64
    ) -> [UInt8] {
        var page = Array("OggS".utf8) + [0, flags] + little(granule) + little(stream) + little(sequence)
        page += [0, 0, 0, 0, UInt8(packets.count)] + packets.map { UInt8($0.count) } + packets.flatMap { $0 }
        page.replaceSubrange(22..<26, with: little(OggPage.checksum(of: page)))
        return page
    }

    /// An ID3v2.3 tag around `size` zeros.
    static func id3(size: Int) -> [UInt8] {
        let bytes = [21, 14, 7, 0].map { UInt8(truncatingIfNeeded: size >> $0) & 0x7F }
        return Array("ID3".utf8) + [3, 0, 0] + bytes + [UInt8](repeating: 0, count: size)
    }

    /// A mono 16-bit AIFF of 44.1 kHz; `chunks` hold the sound.
    static func aiff(_ chunks: [[UInt8]]) -> [UInt8] {
        let common: [UInt8] = [0, 1, 0, 0, 0, 0, 0, 16, 0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]
        let body = Array("AIFF".utf8) + bigChunk("COMM", common) + chunks.flatMap { $0 }
        return Array("FORM".utf8) + big(UInt32(body.count)) + body
    }

    /// A chunk of an AIFF.
    static func bigChunk(_ tag: String, _ content: [UInt8]) -> [UInt8] {
        Array(tag.utf8) + big(UInt32(content.count)) + content + (content.count.isMultiple(of: 2) ? [] : [0])
    }

    static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        little(number).reversed()
    }

    static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
