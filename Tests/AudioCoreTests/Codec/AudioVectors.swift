import Foundation

@testable import AudioCore

/// The audio vectors of the repository: twenty good files, and hostile ones with what may become of them.
enum AudioVectors {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Vectors/audio").standardizedFileURL

    static func valid(_ name: String) -> String {
        folder.appending(path: "valid/\(name)").path()
    }

    static func validBytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: valid(name))))
    }

    struct Hostile: Decodable, Sendable {
        let name: String
        let expect: String
        private let zlib_base64: String
        private let pad_zeros_to: UInt64?

        private var bytes: [UInt8] { inflated([UInt8](Data(base64Encoded: zlib_base64) ?? Data())) }

        /// The file while `body` runs; gigabytes of zeros at its end take no room.
        func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
            try AudioCoreTests.withFile(bytes) { path in
                if let pad_zeros_to {
                    try FileHandle(forUpdating: URL(filePath: path)).truncate(atOffset: pad_zeros_to)
                }
                return try body(path)
            }
        }
    }

    static func hostile() throws -> [Hostile] {
        struct List: Decodable { let files: [Hostile] }
        let text = try Data(contentsOf: folder.appending(path: "malformed.json"))
        return try JSONDecoder().decode(List.self, from: text).files
    }
}

/// There nothing may be skipped.
let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] == "true"

/// A file that exists while `body` runs.
func withFile<Result>(_ bytes: some Sequence<UInt8>, _ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "waxwing-codec-\(UUID())")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path())
}

/// All that came out of a file.
struct Decoded {
    var samples: [Float] = []
    let stream: AudioStream
    let framesRead: Int
    let isTruncated: Bool
    let repairedSamples: Int

    /// Decodes `path` in blocks of `frames`.
    init(_ path: String, frames: Int = 4_096, limits: DecodeLimits = DecodeLimits()) throws(AudioError) {
        try self.init(AudioFile(path: path, limits: limits), frames: frames)
    }

    init(_ file: AudioFile, frames: Int) throws(AudioError) {
        let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: frames * file.stream.channels)
        defer { block.deallocate() }
        while case let count = try file.read(into: block), count > 0 {
            samples += block[..<(count * file.stream.channels)]
        }
        (stream, framesRead) = (file.stream, file.framesRead)
        (isTruncated, repairedSamples) = (file.isTruncated, file.repairedSamples)
    }
}

/// Decodes to the end without keeping anything; checks that every sample is one to compute with.
///
/// - Returns: the frames delivered.
func drain(_ path: String) throws(AudioError) -> Int {
    let file = try AudioFile(path: path)
    let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: 65_536)
    defer { block.deallocate() }
    var total = 0
    while case let count = try file.read(into: block), count > 0 {
        total += count
        // The first samples of a block are enough: debug builds take a second for a bomb otherwise.
        let samples = UnsafeMutableBufferPointer(rebasing: block[..<min(512, count * file.stream.channels)])
        guard samples.allSatisfy({ $0.magnitude <= 0x1p31 }) else { return -1 }
    }
    return total
}

#if os(Linux)
/// How much more memory `work` takes, at its peak, than there was before; of the whole process.
func extraMemory(_ work: () -> Void) throws -> Int {
    // Sets the peak back to what is taken now.
    try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    let before = try memory("VmRSS")
    work()
    return try memory("VmHWM") - before
}

/// A line of this process's status, in bytes.
private func memory(_ name: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") } ?? ""
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 } ?? 0
}
#endif

/// Far above what a file of the tests costs, so that no busy or slow machine fails for it: it catches work that explodes,
/// not work that is merely slow. That is for `make fuzz`, which allows a file one second of an optimised build.
let boundOfWork = Duration.seconds(20)
