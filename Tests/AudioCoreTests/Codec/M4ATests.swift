import Testing

@testable import AudioCore

@Suite struct M4ATests {
    @Test func `without ffmpeg the error says so`() throws {
        let bytes = box("ftyp", Array("M4A \0\0\0\0".utf8)) + box("moov", []) + box("mdat", [1, 2, 3])
        let expected = AudioError.needsFFmpeg(format: .m4a, isInstalled: FFmpeg.installed() != nil)
        #expect(throws: expected) { try withFile(bytes) { try AudioFile(path: $0) } }
        #expect("\(AudioError.needsFFmpeg(format: .m4a, isInstalled: false))".contains("not installed: "))
        #expect("\(AudioError.needsFFmpeg(format: .aac, isInstalled: true))".contains("not switched on: "))
    }

    @Test func `an M4A is told by its brand`() {
        #expect(AudioFormat.sniff(box("ftyp", Array("M4A \0\0\0\0isom".utf8))) == .m4a)
        #expect(AudioFormat.sniff(box("ftyp", Array("mp42\0\0\0\0".utf8))) == .m4a)
        #expect(AudioFormat.sniff(box("ftyp", Array("odd \0\0\0\0isom".utf8))) == .m4a)
        for brand in ["heic\0\0\0\0mif1", "avif\0\0\0\0miaf", "crx \0\0\0\0", "odd \0\0\0\0"] {
            #expect(AudioFormat.sniff(box("ftyp", Array(brand.utf8))) == nil)
        }
        #expect(AudioFormat.sniff(Array("\0\0\0\u{8}ftypM4A ".utf8)) == nil, "a box too short for a brand")
    }

    @Test func `two ADTS frames must follow each other`() {
        // 44.1 kHz stereo, 16 bytes.
        let frame: [UInt8] = [0xFF, 0xF1, 0x50, 0x80, 0x02, 0x1F, 0xFC] + [UInt8](repeating: 0, count: 9)
        #expect(AudioFormat.sniff(frame + frame) == .aac)
        #expect(AudioFormat.sniff(MadeFiles.id3(size: 50) + frame + frame) == .aac)
        #expect(AudioFormat.sniff(frame + [0] + frame) == nil)
        var other = frame
        other[2] = 0x4C
        #expect(AudioFormat.sniff(frame + other) == nil, "another rate")
    }

    @Test func `boxes are checked before anyone else sees them`() throws {
        let brand = box("ftyp", Array("M4A \0\0\0\0".utf8))
        func check(_ bytes: [UInt8]) throws -> Bool {
            try withFile(bytes) { try MP4Header.read(InputFile(path: $0)).isTruncated }
        }
        #expect(try !check(brand + box("mdat", [1, 2, 3]) + box("moov", [])))
        #expect(try check(brand + box("moov", []) + box("mdat", [1, 2, 3], size: 100)))
        #expect(try !check(brand + box("moov", []) + box("mdat", [1, 2, 3], size: 0)), "to the end of the file")
        let long = MadeFiles.big(1 as UInt32) + Array("mdat".utf8) + MadeFiles.big(17 as UInt64) + [1]
        #expect(try !check(brand + long + box("moov", [])))
        #expect(throws: AudioError.damaged(format: .m4a, reason: "no moov box: its recording was broken off")) {
            try check(brand + box("mdat", [1, 2, 3]))
        }
        let endless = MadeFiles.big(1 as UInt32) + Array("mdat".utf8) + [UInt8](repeating: 0xFF, count: 8)
        for bad in [
            endless, box("moov", [], size: 7), box("moov", [], size: 2),
            MadeFiles.big(1 as UInt32) + Array("free".utf8),
        ] {
            #expect(throws: AudioError.damaged(format: .m4a, reason: "a box without a legal size")) {
                try check(brand + bad)
            }
        }
    }

    @Test func `a program must be given by an absolute path and exist`() {
        #expect(FFmpeg(executable: "ffmpeg") == nil)
        #expect(FFmpeg(executable: "/nowhere/ffmpeg") == nil)
        #expect(FFmpeg(executable: "/bin/sh")?.executable == "/bin/sh")
    }

    @Test(arguments: ["/bin/true", "/bin/false", "/bin/echo"])
    func `a program that is no ffmpeg gives an error`(program: String) throws {
        let bytes = box("ftyp", Array("M4A \0\0\0\0".utf8)) + box("moov", [])
        try withFile(bytes) { path in
            let ffmpeg = try #require(FFmpeg(executable: program))
            #expect(throws: AudioError.self) { try AudioFile(path: path, ffmpeg: ffmpeg) }
        }
    }

    @Test func `a child that does not end is ended at the deadline`() throws {
        let start = ContinuousClock.now
        try withFile([1]) { path in
            let process = try DecoderProcess(["/bin/sleep", "100000"], input: InputFile(path: path), time: .seconds(1))
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 8)
            defer { room.deallocate() }
            #expect(throws: AudioError.limitExceeded(.decoderTime(allowed: .seconds(1)))) {
                try process.read(into: room)
            }
            #expect(process.ending == .stopped)
        }
        #expect(start.duration(to: .now) < .seconds(3_600))
    }

    private func box(_ tag: String, _ content: [UInt8], size: UInt32? = nil) -> [UInt8] {
        MadeFiles.big(size ?? UInt32(content.count + 8)) + Array(tag.utf8) + content
    }
}
