import Foundation
import Testing

@testable import AudioCore

/// A folder of its own for a test, removed with it.
final class TestFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "waxwing-writing-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Names in it, hidden ones too.
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// Samples that were written to a file and read again.
struct WrittenFile {
    let stream: AudioStream
    let samples: [Float]
    let embedded: EmbeddedLoopInfo?

    /// - Parameter portion: samples handed over at once; all if `nil`.
    init(
        _ samples: [Float], as encoding: AudioEncoding, rate: Int = 48_000, channels: Int = 1, portion: Int? = nil,
        options: AudioFileWriter.Options = .init()
    ) throws {
        let folder = try TestFolder()
        try Self.write(
            samples, to: folder.file("sound"), as: encoding, rate: rate, channels: channels, portion: portion,
            options: options)
        #expect(folder.names == ["sound"])
        try self.init(path: folder.file("sound"))
    }

    init(path: String) throws {
        let file = try AudioFile(path: path)
        var samples: [Float] = []
        try file.forEachBlock { samples += $0 }
        #expect(!file.isTruncated)
        (stream, self.samples, embedded) = (file.stream, samples, file.embedded)
    }

    static func write(
        _ samples: [Float], to path: String, as encoding: AudioEncoding, rate: Int = 48_000, channels: Int = 1,
        portion: Int? = nil, options: AudioFileWriter.Options = .init()
    ) throws {
        let writer = try AudioFileWriter(
            path: path, encoding: encoding, sampleRate: rate, channels: channels, options: options)
        let portion = portion ?? max(samples.count, channels)
        for start in stride(from: 0, to: samples.count, by: portion) {
            try writer.write(Array(samples[start..<min(start + portion, samples.count)]))
        }
        try writer.finish()
        #expect(writer.framesWritten == samples.count / channels)
    }
}
