import Foundation

/// Writes the slices of a recording as numbered files of one folder: all of them, or none.
///
/// They are written to a hidden folder inside the target first and moved when the last one is complete, so nobody
/// takes half a set for the whole. A set of the same name that is there already is left alone, unless it may be
/// replaced.
public struct SliceFiles: Sendable {
    public let folder: String
    public let name: SliceName
    /// `nil` for WAV of the source's own depth: ``AudioEncoding/keeping(_:)``.
    public var encoding: AudioEncoding?
    public var replacesExisting = false

    public init(folder: String, name: SliceName) { (self.folder, self.name) = (folder, name) }

    /// Cuts a file.
    ///
    /// - Throws: ``SlicingError``, ``AudioWriteError``, ``AudioError``, `CancellationError`; no slice is there then,
    ///   unless moving the finished files failed half way while replacing others.
    public func write(_ plan: SlicePlan, of slicer: FileSlicer) throws -> WrittenSlices {
        let source = try slicer.open()
        let stream = source.stream
        let encoding = encoding ?? .keeping(stream)
        try encoding.check(sampleRate: stream.sampleRate, channels: stream.channels)
        let existing = try existing(encoding.format.fileExtension)
        if let first = existing.first, !replacesExisting { throw SlicingError.exists(path: "\(folder)/\(first)") }
        let staging = "\(folder)/.waxwing-\(String(UInt64.random(in: 0 ... .max), radix: 36)).part"
        try createFolder(staging)
        defer { try? FileManager.default.removeItem(atPath: staging) }
        var output = SliceOutput(stream: stream, metadata: source.metadata, encoding: encoding) { index in
            "\(staging)/\(name.file(index, of: plan.slices.count, format: encoding.format.fileExtension))"
        }
        try slicer.render(plan) { try output.take($1, of: plan.slices[$0], index: $0) }
        try output.finish()
        let files = plan.slices.indices.map {
            name.file($0, of: plan.slices.count, format: encoding.format.fileExtension)
        }
        try move(files, from: staging)
        return WrittenSlices(
            paths: files.map { "\(folder)/\($0)" }, peaks: output.peaks, clippedSamples: output.clippedSamples,
            leftovers: existing.filter { !files.contains($0) })
    }

    private func existing(_ format: String) throws -> [String] {
        try createFolder(folder)
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        return (names ?? []).filter { name.matches($0, format: format) }.sorted()
    }

    private func createFolder(_ path: String) throws(SlicingError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .cannotCreate(path: folder, reason: "the folder cannot be made")
        }
    }

    private func move(_ files: [String], from staging: String) throws {
        var moved: [String] = []
        for file in files {
            let (source, target) = ("\(staging)/\(file)", "\(folder)/\(file)")
            guard Self.move(source, to: target, replacing: replacesExisting) else {
                // What was new goes away again: a set is whole or not there.
                if !replacesExisting { moved.forEach { try? FileManager.default.removeItem(atPath: $0) } }
                throw SlicingError.cannotCreate(path: target, reason: systemMessage())
            }
            moved.append(target)
        }
    }

    private static func move(_ source: String, to target: String, replacing: Bool) -> Bool {
        if replacing { return rename(source, target) == 0 }
        // A hard link, unlike a rename, never replaces what somebody else made meanwhile.
        if link(source, target) == 0 { return true }
        return errno != EEXIST && !FileManager.default.fileExists(atPath: target) && rename(source, target) == 0
    }
}

/// What was written.
public struct WrittenSlices: Equatable, Sendable {
    /// In the order of the plan.
    public let paths: [String]
    /// Largest magnitude of a sample of each, full scale 1, fades included.
    public let peaks: [Float]
    /// Samples of all of them that an integer format cut to full scale.
    public let clippedSamples: Int
    /// Names of older slices that a replaced, longer set left in the folder.
    public let leftovers: [String]
}

/// One file after the other.
private struct SliceOutput {
    private let stream: AudioStream
    private let metadata: AudioMetadata?
    private let encoding: AudioEncoding
    private let path: (Int) -> String
    private var writer: AudioFileWriter?
    private(set) var peaks: [Float] = []
    private(set) var clippedSamples = 0

    init(
        stream: AudioStream, metadata: AudioMetadata?, encoding: AudioEncoding, path: @escaping (Int) -> String
    ) {
        (self.stream, self.metadata, self.encoding, self.path) = (stream, metadata, encoding, path)
    }

    mutating func take(_ samples: UnsafeBufferPointer<Float>, of slice: AudioSlice, index: Int) throws {
        if index == peaks.count { try begin(slice, index) }
        peaks[index] = samples.reduce(peaks[index]) { max($0, $1.magnitude) }
        try writer?.write(samples)
    }

    private mutating func begin(_ slice: AudioSlice, _ index: Int) throws {
        try finish()
        var options = AudioFileWriter.Options()
        options.expectedFrames = slice.range.count
        (options.channelOrder, options.metadata) = (ChannelOrder(stream.format), metadata)
        writer = try AudioFileWriter(
            path: path(index), encoding: encoding, sampleRate: stream.sampleRate, channels: stream.channels,
            options: options)
        peaks.append(0)
    }

    mutating func finish() throws {
        guard let writer else { return }
        try writer.finish()
        clippedSamples += writer.clippedSamples
        self.writer = nil
    }
}
