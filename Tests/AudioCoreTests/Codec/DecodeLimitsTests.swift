import Testing

@testable import AudioCore

@Suite struct DecodeLimitsTests {
    private func limits(_ change: (inout DecodeLimits) -> Void) -> DecodeLimits {
        var limits = DecodeLimits()
        change(&limits)
        return limits
    }

    @Test(arguments: ["wav16.wav", "aiff16.aiff", "flac16.flac", "ogg.ogg", "mp3.mp3"])
    func `rate and channels are checked in every format`(name: String) {
        let slow = limits { $0.sampleRates = 8_000...22_050 }
        #expect(throws: AudioError.limitExceeded(.sampleRate(44_100, allowed: 8_000...22_050))) {
            try AudioFile(path: AudioVectors.valid(name), limits: slow)
        }
        let mono = limits { $0.channels = 1...1 }
        #expect(throws: AudioError.limitExceeded(.channels(2, allowed: 1...1))) {
            try AudioFile(path: AudioVectors.valid(name), limits: mono)
        }
    }

    @Test(arguments: ["wav16.wav", "flac16.flac", "ogg.ogg", "opus.opus", "mp3.mp3"])
    func `the duration is what was decoded`(name: String) throws {
        let short = limits { $0.duration = .zero }
        #expect(throws: AudioError.limitExceeded(.duration(allowed: .zero))) {
            try Decoded(AudioVectors.valid(name), limits: short)
        }
        #expect(try Decoded(AudioVectors.valid(name), limits: limits { $0.duration = .seconds(1) }).framesRead == 3_000)
    }

    @Test func `limits of nonsense admit nothing but do not trap`() {
        let empty = limits { ($0.channels, $0.sampleRates) = (0...0, 0...0) }
        #expect(throws: AudioError.self) { try AudioFile(path: AudioVectors.valid("wav16.wav"), limits: empty) }
        let negative = limits { ($0.freeBytes, $0.expansion, $0.duration) = (.min, .min, .seconds(-1)) }
        #expect(throws: AudioError.self) { try Decoded(AudioVectors.valid("flac16.flac"), limits: negative) }
    }

    @Test func `messages say what to do, for every case`() {
        let errors: [AudioError] = [
            .cannotOpen(path: "a.wav", reason: "no"), .cannotRead(reason: "no"), .notAudio, .unsupported(what: "GSM"),
            .damaged(format: .wav, reason: "no"), .limitExceeded(.expansion(allowed: 2)), .empty(format: .mp3),
        ]
        #expect(errors.allSatisfy { "\($0)".contains(": ") })
    }
}

@Suite struct VirtualFileTests {
    private let parts: [VirtualFile.Part] = [.bytes([1, 2, 3]), .file(4..<8), .bytes([9])]

    private func bytes(_ file: VirtualFile, _ count: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let read = buffer.withUnsafeMutableBytes { file.read(into: $0) }
        return Array(buffer[..<read])
    }

    @Test func `parts read as one file`() throws {
        try withFile(0..<20) { path in
            let file = try VirtualFile(InputFile(path: path), parts, hasKnownEnd: true)
            #expect(bytes(file, 100) == [1, 2, 3, 4, 5, 6, 7, 9])
            #expect(file.seek(-6, from: .end) == 2)
            #expect(bytes(file, 3) == [3, 4, 5])
            #expect(file.seek(.max, from: .current) == -1)
            #expect(bytes(file, 1) == [6])
        }
    }

    @Test func `reading in circles ends`() throws {
        try withFile(0..<20) { path in
            let file = try VirtualFile(InputFile(path: path), parts, hasKnownEnd: true)
            var rounds = 0
            while file.seek(0, from: .start) == 0, !bytes(file, 8).isEmpty { rounds += 1 }
            #expect(rounds < 1 << 20)
        }
    }
}
