import Testing

@testable import AudioCore

@Suite struct AudioFormatTests {
    @Test(arguments: [
        ("wav16.wav", AudioFormat.wav), ("rf64.wav", .wav), ("aiff16.aiff", .aiff), ("aiffulaw.aifc", .aiff),
        ("flac16.flac", .flac), ("ogg.ogg", .ogg), ("opus.opus", .opus), ("mp3.mp3", .mp3),
    ])
    func `a format is told by its first bytes`(name: String, format: AudioFormat) throws {
        let bytes = try AudioVectors.validBytes(name)
        #expect(AudioFormat.sniff(bytes.prefix(AudioFormat.sniffLength)) == format)
        if format != .mp3 { #expect(AudioFormat.sniff(bytes.prefix(64)) == format) }
    }

    @Test func `every good vector keeps its format at any longer head`() throws {
        for name in ["wav16.wav", "aiff24.aiff", "flac24.flac", "ogg.ogg", "opus.opus", "mp3.mp3"] {
            let bytes = try AudioVectors.validBytes(name)
            let format = AudioFormat.sniff(bytes)
            #expect(format != nil)
            #expect((1_500..<2_000).allSatisfy { AudioFormat.sniff(bytes.prefix($0)) == format }, "\(name)")
        }
    }

    @Test func `an ID3 tag says MP3 unless FLAC is seen behind it`() {
        #expect(AudioFormat.sniff(MadeFiles.id3(size: 100_000)) == .mp3)
        #expect(AudioFormat.sniff(MadeFiles.id3(size: 100) + MadeFiles.mp3(frames: 3)) == .mp3)
        #expect(AudioFormat.sniff(MadeFiles.id3(size: 100) + Array("fLaC".utf8)) == .flac)
        #expect(AudioFormat.sniff(MadeFiles.id3(size: 100) + [0, 0, 0] + MadeFiles.mp3(frames: 3)) == .mp3)
        #expect(AudioFormat.sniff(MadeFiles.id3(size: 100)) == nil)
        #expect(AudioFormat.sniff(MadeFiles.id3(size: 100_000).prefix(3_000)) == nil, "a tag cut short")
        #expect(AudioFormat.sniff(MadeFiles.id3(size: 100) + Array("plain text".utf8)) == nil)
    }

    @Test func `two MP3 frames must follow each other`() {
        let frames = MadeFiles.mp3(frames: 2)
        #expect(AudioFormat.sniff(frames) == .mp3)
        #expect(AudioFormat.sniff(frames.prefix(417)) == .mp3, "a whole file of one frame")
        #expect(AudioFormat.sniff(frames.prefix(416)) == nil)
        #expect(AudioFormat.sniff(frames.prefix(417) + [0, 0, 0, 0]) == nil)
    }

    @Test(arguments: [
        "", "R", "RIFF", "RIFFxxxxAVI ", "FORMxxxx8SVX", "OggS", "caff", ".snd", "Creative Voice File\u{1A}",
        "riff.WAVE", "Once upon a time", "<html>", "ID3", "%PDF-1.7", "{\"a\":1}",
    ])
    func `what is no accepted format is refused`(text: String) {
        #expect(AudioFormat.sniff(text.utf8) == nil)
    }

    @Test func `other codecs in Ogg are refused`() {
        let page = Array("OggS".utf8) + [0, 2] + [UInt8](repeating: 0, count: 20) + [1, 30]
        #expect(AudioFormat.sniff(page + "\u{7F}FLAC".utf8) == nil)
        #expect(AudioFormat.sniff(page + "Speex   ".utf8) == nil)
        #expect(AudioFormat.sniff(page + "OpusHead".utf8 + [1, 2]) == .opus)
        // The same codec on a page that is not the first of its stream.
        #expect(AudioFormat.sniff(Array("OggS".utf8) + [0, 0] + page[6...] + "OpusHead".utf8 + [1, 2]) == nil)
    }

    @Test func `random bytes are no audio`() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<2_000 {
            let bytes = (0..<512).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(AudioFormat.sniff([0xFF, 0xFB] + bytes) == nil)
        }
    }
}
