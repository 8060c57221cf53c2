/// Small whole files of every format that can be made without an encoder.
enum MadeSeeds {
    static let all: [(name: String, bytes: [UInt8])] = [
        ("loop.wav", loopWAV), ("float.wav", floatWAV), ("loop.aiff", loopAIFF), ("verbatim.flac", flac),
        ("silence.opus", opus), ("noise.mp3", mp3), ("boxes.m4a", m4a), ("frames.aac", adts),
        ("tagged.wav", taggedWAV), ("tagged.mp3", MadeTags.id3 + mp3 + MadeTags.id3v1), ("tagged.flac", taggedFLAC),
        ("tagged.opus", taggedOpus),
    ]

    private static let samples = (0..<2_000).map { Int16(truncatingIfNeeded: $0 &* $0 &* 37) / 2 }

    private static var loopWAV: [UInt8] {
        let acid = little(2 as UInt32) + little(62 as UInt16) + [0, 0x80, 0, 0, 0, 0] + little(8 as UInt32)
        let sampler = [0, 0, 22_675, 60, 0, 0, 0, 1, 0, 0, 0, 10, 900, 0, 0].flatMap { little($0 as UInt32) }
        return riff([
            chunk("fmt ", wavFormat(1, channels: 2, bits: 16)), chunk("data", samples.flatMap { little($0) }),
            chunk("acid", acid + little(4 as UInt16) + little(4 as UInt16) + little(Float(174).bitPattern)),
            chunk("smpl", sampler), chunk("LIST", Array("INFOINAM".utf8) + little(4 as UInt32) + Array("loop".utf8)),
        ])
    }

    private static var floatWAV: [UInt8] {
        let sound = samples.flatMap { little((Float($0) / 32_768).bitPattern) }
        return riff([chunk("fmt ", wavFormat(3, channels: 1, bits: 32)), chunk("data", sound)])
    }

    private static func wavFormat(_ codec: UInt16, channels: UInt16, bits: UInt16) -> [UInt8] {
        little(codec) + little(channels) + little(44_100 as UInt32) + little(0 as UInt32)
            + little(channels * bits / 8) + little(bits)
    }

    private static func riff(_ chunks: [[UInt8]]) -> [UInt8] {
        let body = Array("WAVE".utf8) + chunks.flatMap { $0 }
        return Array("RIFF".utf8) + little(UInt32(body.count)) + body
    }

    private static func chunk(_ tag: String, _ content: [UInt8]) -> [UInt8] {
        Array(tag.utf8) + little(UInt32(content.count)) + content
    }

    private static var loopAIFF: [UInt8] {
        let common: [UInt8] = [0, 1, 0, 0, 7, 0xD0, 0, 16, 0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]
        let marks: [UInt8] = [0, 2, 0, 1, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 1, 0, 3, 101, 110, 100]
        let instrument: [UInt8] = [60, 0, 0, 127, 1, 127, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0]
        let basics: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 8, 0, 57, 0, 1, 0, 4, 0, 4] + [UInt8](repeating: 0, count: 68)
        let sound = [UInt8](repeating: 0, count: 8) + samples.flatMap { little($0).reversed() }
        let chunks = [("COMM", common), ("MARK", marks), ("SSND", sound), ("INST", instrument), ("basc", basics)]
        let body = Array("AIFF".utf8) + chunks.flatMap { Array($0.utf8) + little(UInt32($1.count)).reversed() + $1 }
        return Array("FORM".utf8) + little(UInt32(body.count)).reversed() + body
    }

    /// Four frames of 500 samples, not compressed.
    private static var flac: [UInt8] {
        // Block sizes, frame sizes, then 20 bits of rate, 3 of channels, 5 of bits, 36 of total; an MD5 of zeros.
        let info: [UInt8] =
            [0x01, 0xF4, 0x01, 0xF4, 0, 0, 0, 0, 0, 0, 0x0A, 0xC4, 0x40, 0xF0, 0, 0, 0x07, 0xD0]
            + [UInt8](repeating: 0, count: 16)
        var bytes = Array("fLaC".utf8) + [0x80, 0, 0, 34] + info
        for frame in 0..<4 {
            // A 16-bit block size, rate of STREAMINFO, mono, 16 bits; a verbatim subframe.
            bytes += [0xFF, 0xF8, 0x70, 0x08, UInt8(frame), 0x01, 0xF3, 0, 0x02]
            bytes += samples[frame * 500..<(frame + 1) * 500].flatMap { little($0).reversed() } + [0, 0]
        }
        Checksums.repairFLAC(&bytes)
        return bytes
    }

    private static var opus: [UInt8] {
        let head: [UInt8] = Array("OpusHead".utf8) + [1, 2, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0]
        let tags = Array("OpusTags".utf8) + [UInt8](repeating: 0, count: 8)
        var bytes = oggPage([head], 0, flags: 2, granule: 0) + oggPage([tags], 1, flags: 0, granule: 0)
        for page in 1...4 {
            // Every mode of the codec once: speech, both, music; the content of a packet is noise to it.
            let packets = [0x08, 0x64, 0xFC, 0xFD].map { mode in
                [UInt8(mode)] + samples[page * 40..<page * 40 + 30].map { UInt8(truncatingIfNeeded: $0) }
            }
            bytes += oggPage(packets, UInt32(page + 1), flags: page == 4 ? 4 : 0, granule: UInt64(page * 3_840))
        }
        Checksums.repairOgg(&bytes)
        return bytes
    }

    private static func oggPage(_ packets: [[UInt8]], _ number: UInt32, flags: UInt8, granule: UInt64) -> [UInt8] {
        Array("OggS".utf8) + [0, flags] + little(granule) + little(7 as UInt32) + little(number) + [0, 0, 0, 0]
            + [UInt8(packets.count)] + packets.map { UInt8($0.count) } + packets.flatMap { $0 }
    }

    private static var taggedWAV: [UInt8] {
        riff([
            chunk("fmt ", wavFormat(1, channels: 1, bits: 16)), chunk("LIST", MadeTags.info),
            chunk("bext", MadeTags.broadcast), chunk("data", samples[..<100].flatMap { little($0) }),
            chunk("cue ", MadeTags.cue), chunk("LIST", MadeTags.cueNames), chunk("id3 ", MadeTags.id3),
        ])
    }

    private static var taggedFLAC: [UInt8] {
        let block = MadeTags.comments
        // Behind `fLaC` and STREAMINFO, which is no longer the last block; FLAC counts from the upper end.
        let header = [0x84] + little(UInt32(block.count)).reversed().dropFirst()
        return Array(flac[..<4]) + [0] + flac[5..<42] + header + block + flac[42...]
    }

    private static var taggedOpus: [UInt8] {
        let head = opus[..<47]
        var bytes = head + oggPage([Array("OpusTags".utf8) + MadeTags.comments], 1, flags: 0, granule: 0)
        bytes += oggPage([[0xFC, 0xFF, 0xFE]], 2, flags: 4, granule: 960)
        var page = Array(bytes)
        Checksums.repairOgg(&page)
        return page
    }

    /// 128 kbit/s, 44.1 kHz stereo; side information of small numbers, main data of noise.
    private static var mp3: [UInt8] {
        (0..<8).flatMap { frame in
            let noise = (0..<381).map { UInt8(truncatingIfNeeded: ($0 + frame * 97) &* 167 >> 3) }
            return [0xFF, 0xFB, 0x90, 0x00] + [UInt8](repeating: 0x01, count: 32) + noise
        }
    }

    private static var m4a: [UInt8] {
        func box(_ tag: String, _ content: [UInt8]) -> [UInt8] {
            little(UInt32(content.count + 8)).reversed() + Array(tag.utf8) + content
        }
        return box("ftyp", Array("M4A \0\0\0\0isom".utf8)) + box("moov", box("mvhd", [0])) + box("mdat", [1, 2, 3])
    }

    private static var adts: [UInt8] {
        (0..<6).flatMap { _ in [0xFF, 0xF1, 0x50, 0x80, 0x02, 0x1F, 0xFC, 1, 2, 3, 4, 5, 6, 7, 8, 9] as [UInt8] }
    }
}

func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}
