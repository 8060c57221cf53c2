import Foundation
import StorageTestKit
import Testing

@testable import AudioCore

/// M4A and AAC files that ffmpeg itself makes, of the sound of `wav16.wav` unless told otherwise.
private enum MadeByFFmpeg {
    static let ffmpeg = FFmpeg.installed()

    static func bytes(_ arguments: [String], from input: [String]? = nil) throws -> [UInt8] {
        let url = FileManager.default.temporaryDirectory.appending(path: "waxwing-codec-\(UUID()).m4a")
        defer { try? FileManager.default.removeItem(at: url) }
        let process = Process()
        process.executableURL = try URL(filePath: #require(ffmpeg).executable)
        process.arguments =
            ["-nostdin", "-v", "error"] + (input ?? ["-i", AudioVectors.valid("wav16.wav")]) + arguments + [url.path()]
        try process.start()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try [UInt8](Data(contentsOf: url))
    }

    /// Ten seconds of noise, with the index in front, so that it can be cut.
    static func noise() throws -> [UInt8] {
        try bytes(["-movflags", "+faststart"], from: ["-f", "lavfi", "-i", "anoisesrc=d=10:a=0.3:r=44100:seed=1"])
    }
}

@Suite(.enabled(if: MadeByFFmpeg.ffmpeg != nil || isContinuousIntegration, "install ffmpeg to read M4A"))
struct FFmpegTests {
    private func decode(
        _ bytes: some Sequence<UInt8>, frames: Int = 4_096, _ limits: DecodeLimits = .init()
    ) throws
        -> Decoded
    {
        try withFile(bytes) {
            try Decoded(AudioFile(path: $0, limits: limits, ffmpeg: MadeByFFmpeg.ffmpeg), frames: frames)
        }
    }

    @Test func `Apple Lossless gives the samples that went in`() throws {
        let decoded = try decode(MadeByFFmpeg.bytes(["-c:a", "alac"]))
        #expect(try decoded.samples == Decoded(AudioVectors.valid("wav16.wav")).samples)
        #expect(decoded.stream == AudioStream(format: .m4a, sampleRate: 44_100, channels: 2, bitDepth: nil))
        #expect(!decoded.isTruncated)
        #expect(decoded.repairedSamples == 0)
    }

    @Test(arguments: [0, 5, 8, 12], ["1", "2", "6", "8"])
    func `FLAC of every kind of encoding gives the samples that went in`(level: Int, channels: String) throws {
        let sound = ["-f", "lavfi", "-i", "anoisesrc=d=0.3:c=brown:a=0.5:r=48000:seed=\(level)", "-ac", channels]
        let plain = try MadeByFFmpeg.bytes(["-f", "wav"], from: sound)
        let flac = try MadeByFFmpeg.bytes(
            ["-f", "flac", "-compression_level", "\(level)"], from: sound + ["-sample_fmt", "s16"])
        #expect(try decode(flac).samples == decode(plain).samples)
    }

    @Test func `AAC gives almost the samples that went in`() throws {
        let decoded = try decode(MadeByFFmpeg.bytes(["-c:a", "aac", "-b:a", "256k"]))
        // The edit list cuts the encoder's lead; the last block is kept whole.
        #expect((3_000...4_096).contains(decoded.framesRead))
        let original = try Decoded(AudioVectors.valid("wav16.wav")).samples
        let errors = zip(decoded.samples, original).map { pow(Double($0 - $1), 2) }
        #expect(sqrt(errors.reduce(0, +) / Double(errors.count)) < 0.15)
        #expect(!decoded.isTruncated)
    }

    @Test func `any block size gives the same samples`() throws {
        let bytes = try MadeByFFmpeg.bytes(["-c:a", "aac"])
        let whole = try decode(bytes, frames: 100_000).samples
        for frames in [1, 7, 1_024, 3_001] {
            #expect(try decode(bytes, frames: frames).samples == whole, "blocks of \(frames) frames")
        }
    }

    @Test(arguments: [("8000", "1", 8_000, 1), ("48000", "6", 48_000, 6)])
    func `rate and channels are what comes out`(rate: String, mix: String, sampleRate: Int, channels: Int) throws {
        let decoded = try decode(MadeByFFmpeg.bytes(["-c:a", "aac", "-ar", rate, "-ac", mix]))
        #expect(decoded.stream.sampleRate == sampleRate)
        #expect(decoded.stream.channels == channels)
    }

    @Test func `AAC in ADTS frames is read, and a cut is said`() throws {
        let bytes = try MadeByFFmpeg.bytes(["-c:a", "aac", "-f", "adts"])
        let decoded = try decode(bytes)
        #expect(decoded.stream.format == .aac)
        #expect(decoded.framesRead >= 3_000)
        #expect(!decoded.isTruncated)
        #expect(try decode(bytes.dropLast(10)).isTruncated)
        #expect(try decode(MadeFiles.id3(size: 100) + bytes).framesRead == decoded.framesRead)
    }

    @Test func `a file that is cut gives what is there, and says so`() throws {
        let bytes = try MadeByFFmpeg.noise()
        let whole = try decode(bytes)
        #expect(!whole.isTruncated)
        let cut = try decode(bytes.dropLast(bytes.count / 3))
        #expect(cut.isTruncated)
        #expect((1..<whole.framesRead).contains(cut.framesRead))
    }

    @Test func `damage in the middle is said`() throws {
        var bytes = try MadeByFFmpeg.noise()
        for index in bytes.count / 2..<bytes.count / 2 + 60 { bytes[index] ^= 0x5A }
        #expect(try decode(bytes).isTruncated)
    }

    @Test func `the limits hold for what comes out of the pipe`() throws {
        let bytes = try MadeByFFmpeg.noise()
        var limits = DecodeLimits()
        limits.duration = .seconds(5)
        #expect(throws: AudioError.limitExceeded(.duration(allowed: .seconds(5)))) { try decode(bytes, limits) }
        limits = DecodeLimits()
        limits.channels = 2...2
        #expect(throws: AudioError.limitExceeded(.channels(1, allowed: 2...2))) { try decode(bytes, limits) }
        limits = DecodeLimits()
        (limits.freeBytes, limits.expansion) = (1_000, 2)
        #expect(throws: AudioError.limitExceeded(.expansion(allowed: 2))) { try decode(bytes, limits) }
        limits = DecodeLimits()
        limits.decoderTime = .zero
        #expect(throws: AudioError.limitExceeded(.decoderTime(allowed: .zero))) { try decode(bytes, limits) }
    }

    @Test func `a video gives its sound if that is AAC, and no other codec is tried`() throws {
        let picture = [
            "-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-i", AudioVectors.valid("wav16.wav"), "-c:v", "mpeg4",
        ]
        let video = try MadeByFFmpeg.bytes(["-c:a", "aac", "-f", "mp4"], from: picture)
        #expect(try decode(video).framesRead >= 3_000)
        let reason = "ffmpeg finds no AAC or Apple Lossless sound in it"
        for arguments in [["-c:a", "mp3", "-f", "mp4"], ["-an", "-f", "mp4"]] {
            #expect(throws: AudioError.damaged(format: .m4a, reason: reason)) {
                try decode(MadeByFFmpeg.bytes(arguments, from: picture))
            }
        }
    }

    #if os(Linux)
    @Test func `the child has its limits, one file and no environment`() throws {
        // A shell in its place tells of itself, in words instead of sound.
        let script = "ulimit -v; ulimit -f; ulimit -n; env; readlink /proc/self/fd/0 /proc/self/fd/3; ls /proc/self/fd"
        let said = try withFile([1]) { path in
            let process = try DecoderProcess(
                ["/bin/sh", "-c", script], input: InputFile(path: path), time: .seconds(600))
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 8)
            defer { room.deallocate() }
            var said = ""
            while case let count = try process.read(into: room), count > 0 {
                said += String(decoding: room[..<count], as: UTF8.self)
            }
            #expect(process.ending == .exited(status: 0))
            return said.replacing(path, with: "the file")
        }
        let lines = said.split(separator: "\n").filter { !$0.hasPrefix("PWD=") && !$0.hasPrefix("_=") }
        // The last descriptor is that of `ls` itself.
        #expect(lines == ["1048576", "0", "16", "LC_ALL=C", "/dev/null", "the file", "0", "1", "2", "3", "4"])
    }

    @Test func `a reader that stops early leaves no process behind`() throws {
        let bytes = try MadeByFFmpeg.noise()
        try withFile(bytes) { path in
            for _ in 0..<3 {
                let file = try AudioFile(path: path, ffmpeg: MadeByFFmpeg.ffmpeg)
                let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: 100)
                defer { block.deallocate() }
                #expect(try file.read(into: block) == 100)
                #expect(children(with: path).count == 1)
            }
            #expect(children(with: path).isEmpty)
        }
    }

    #endif

    @Test func `many files at once do not disturb each other`() async throws {
        let bytes = try MadeByFFmpeg.bytes(["-c:a", "alac"])
        let expected = try Decoded(AudioVectors.valid("wav16.wav")).samples
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<16 { group.addTask { try decode(bytes, frames: 100).samples } }
            for try await samples in group { #expect(samples == expected) }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a broken file ends with frames or a typed error`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = try Self.small.get()
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            bytes[Int.random(in: 28..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
        }
        do {
            #expect(try decode(bytes).framesRead > 0)
        } catch let error as AudioError {
            #expect(!"\(error)".isEmpty)
        }
    }

    private static let small = Result { try MadeByFFmpeg.bytes(["-c:a", "aac"]) }

    #if os(Linux)
    /// Processes that have `path` open, this one left out.
    private func children(with path: String) -> [String] {
        let links = FileManager.default
        let own = try? links.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return ((try? links.contentsOfDirectory(atPath: "/proc")) ?? []).filter { id in
            // One that another test is just starting has copies of all our files until it runs its own program.
            (try? links.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/3")) == path
                && (try? links.destinationOfSymbolicLink(atPath: "/proc/\(id)/exe")) != own
        }
    }
    #endif
}
