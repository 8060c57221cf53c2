import Foundation
import Testing

@testable import AudioCore

@Suite struct WriteFailureTests {
    @Test func `without finish nothing is left behind`() throws {
        let folder = try TestFolder()
        do {
            let writer = try AudioFileWriter(
                path: folder.file("a.wav"), encoding: .wav(.bits16), sampleRate: 44_100, channels: 1)
            try writer.write([0, 0.5])
            #expect(folder.names.count == 1 && folder.names[0] != "a.wav", "hidden until it is complete")
        }
        #expect(folder.names.isEmpty)
    }

    @Test func `an existing file is kept unless it may be replaced`() throws {
        let folder = try TestFolder()
        let path = folder.file("a.wav")
        try WrittenFile.write([0.5], to: path, as: .wavFloat)
        #expect(throws: AudioWriteError.exists(path: path)) {
            try AudioFileWriter(path: path, encoding: .wavFloat, sampleRate: 44_100, channels: 1)
        }
        #expect(try WrittenFile(path: path).samples == [0.5])
        var options = AudioFileWriter.Options()
        options.replacesExisting = true
        try WrittenFile.write([0.25], to: path, as: .wavFloat, options: options)
        #expect(try WrittenFile(path: path).samples == [0.25])
        #expect(folder.names == ["a.wav"])
    }

    @Test func `a file that appears meanwhile is kept too`() throws {
        let folder = try TestFolder()
        let path = folder.file("a.wav")
        let slow = try AudioFileWriter(path: path, encoding: .wavFloat, sampleRate: 44_100, channels: 1)
        try WrittenFile.write([0.5], to: path, as: .wavFloat)
        #expect(throws: AudioWriteError.exists(path: path)) { try slow.finish() }
        #expect(try WrittenFile(path: path).samples == [0.5])
    }

    @Test func `a missing folder, a folder and an empty name are told apart from a full disk`() throws {
        let folder = try TestFolder()
        for name in ["missing/a.wav", "", "."] {
            let error = #expect(throws: AudioWriteError.self) {
                try AudioFileWriter(path: folder.file(name), encoding: .wavFloat, sampleRate: 44_100, channels: 1)
            }
            guard case .cannotCreate = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    static let unfit: [(AudioEncoding, rate: Int, channels: Int, AudioWriteError)] = [
        (.opus(), 44_100, 2, .unsupportedRate(.opus, 44_100, use: 48_000)),
        (.opus(), 11_025, 1, .unsupportedRate(.opus, 11_025, use: 12_000)),
        (.mp3(), 96_000, 2, .unsupportedRate(.mp3, 96_000, use: 48_000)),
        (.mp3(), 9_000, 2, .unsupportedRate(.mp3, 9_000, use: 11_025)),
        (.flac(.bits16), 705_600, 2, .unsupportedRate(.flac, 705_600, use: 655_350)),
        (.vorbis(), 384_000, 2, .unsupportedRate(.ogg, 384_000, use: 192_000)),
        (.wavFloat, 0, 1, .unsupportedRate(.wav, 0, use: 1)),
        (.mp3(), 44_100, 3, .unsupportedChannels(.mp3, 3, most: 2)),
        (.flac(.bits24), 44_100, 9, .unsupportedChannels(.flac, 9, most: 8)),
        (.wavFloat, 44_100, 0, .unsupportedChannels(.wav, 0, most: 64)),
        (.vorbis(quality: .nan), 44_100, 2, .unsupportedSetting(.ogg, "a quality of nan, allowed 0 to 1")),
        (.opus(kilobits: 600), 48_000, 2, .unsupportedSetting(.opus, "600 kbit/s, allowed 12 to 512")),
        (.mp3(.variable(quality: 10)), 48_000, 2, .unsupportedSetting(.mp3, "a quality of 10.0, allowed 0 to 9")),
    ]

    @Test(arguments: unfit)
    func `what a format cannot hold is refused before anything is created`(
        unfit: (encoding: AudioEncoding, rate: Int, channels: Int, error: AudioWriteError)
    ) throws {
        let folder = try TestFolder()
        #expect(throws: unfit.error) {
            try AudioFileWriter(
                path: folder.file("a"), encoding: unfit.encoding, sampleRate: unfit.rate, channels: unfit.channels)
        }
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])
    func `MP3 knows other bit rates below 32 and 16 kHz, and every one of them keeps the length`(rate: Int) throws {
        let rates = MP3Rates(sampleRate: rate, channels: 1).constant
        #expect(rates.count > 3)
        for kilobits in rates {
            let file = try WrittenFile(
                Signals.sine(300, seconds: 0.1, rate: Double(rate)), as: .mp3(.constant(kilobits: kilobits)), rate: rate
            )
            #expect(file.stream.sampleRate == rate && file.samples.count == rate / 10, "\(kilobits) kbit/s")
        }
        #expect(throws: AudioWriteError.self) {
            try AudioEncoding.mp3(.constant(kilobits: 100)).check(sampleRate: rate, channels: 1)
        }
    }

    @Test(arguments: [AudioEncoding.wav(.bits16), .wavFloat, .vorbis()], [Float.nan, .infinity])
    func `a sample that is not a number ends the file`(encoding: AudioEncoding, value: Float) throws {
        let folder = try TestFolder()
        let writer = try AudioFileWriter(path: folder.file("a"), encoding: encoding, sampleRate: 44_100, channels: 1)
        #expect(throws: AudioWriteError.notFinite) { try writer.write([0, value]) }
        #expect(throws: AudioWriteError.notFinite) { try writer.write([0]) }
        #expect(throws: AudioWriteError.notFinite) { try writer.finish() }
    }

    @Test(arguments: [AudioEncoding.wav(.bits16), .aiff(.bits16), .wavFloat])
    func `a file that would pass 4 GiB is refused, not wrapped`(encoding: AudioEncoding) throws {
        let folder = try TestFolder()
        let writer = try AudioFileWriter(path: folder.file("a"), encoding: encoding, sampleRate: 44_100, channels: 1)
        // Refused by its count, before a sample is read.
        var sample: Float = 0
        _ = withUnsafePointer(to: &sample) { start in
            #expect(throws: AudioWriteError.tooLarge(encoding.format)) {
                try writer.write(UnsafeBufferPointer(start: start, count: 1 << 32))
            }
        }
        #expect(EncoderFormat(.wav(.bits16), channels: 1, expectedFrames: 1 << 32, frameBytes: 2).isRF64)
        #expect(!EncoderFormat(.wav(.bits16), channels: 1, expectedFrames: 1 << 20, frameBytes: 2).isRF64)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs Linux's /dev/full"))
    func `bytes the system refuses are told`() throws {
        let folder = try TestFolder()
        let file = OutputFile(
            target: folder.file("a"), replaces: false, temporary: folder.file("b"),
            descriptor: open("/dev/full", O_RDWR))
        #expect([1, 2, 3].withUnsafeBytes { file.write($0) } == 0)
        guard case .cannotWrite(let reason) = file.failure else {
            Issue.record("no failure")
            return
        }
        #expect(reason.contains("space"))
        #expect(throws: AudioWriteError.self) { try file.publish() }
    }
}
