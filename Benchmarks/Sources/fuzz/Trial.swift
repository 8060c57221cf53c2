import AudioCore
import Foundation

/// One input, read to its end and analysed: what may come out is frames or a typed error, and nothing slow.
struct Trial: Outcome {
    /// What was wrong; `nil` if nothing was.
    private(set) var complaint: String?
    /// Whether the file held sound.
    private(set) var isOpened = false
    /// Processor time of the longer one of reading and analysis.
    private(set) var longest = Duration.zero

    /// - Parameter blockFrames: frames read at a time; must not matter.
    init(path: String, blockFrames: Int) {
        let start = processorTime()
        let reading = Result { try Self.read(path, blockFrames) }
        let middle = processorTime()
        let analysis = Result { try AudioAnalysis.analyze(path: path) }
        longest = max(middle - start, processorTime() - middle)
        switch (reading, analysis) {
        case (.success(let frames), .success(let features)):
            isOpened = true
            if frames != features.frames { complaint = "\(frames) frames read, \(features.frames) analysed" }
            if let reason = Self.jsonComplaint(features) { complaint = reason }
        case (.success, .failure(let error as AudioError)):
            isOpened = true
            // The reader lets ±2^31 through; for the analysis that is no sound.
            if case .damaged = error { break }
            complaint = "read, but the analysis says: \(error)"
        case (.failure(let error as AudioError), .failure(let other as AudioError)):
            if error != other { complaint = "two errors: \(error); \(other)" }
        case (.failure(let error), _), (_, .failure(let error)):
            complaint = "unexpected: \(error)"
        }
        if longest > .seconds(1) { complaint = "took \(longest)" }
    }

    private static func read(_ path: String, _ blockFrames: Int) throws -> Int {
        let file = try AudioFile(path: path)
        let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: blockFrames * file.stream.channels)
        defer { block.deallocate() }
        while case let count = try file.read(into: block), count > 0 {
            guard block[..<(count * file.stream.channels)].allSatisfy({ $0.magnitude <= 0x1p31 }) else {
                throw Unsound()
            }
        }
        // Read for its traps; what it says may be anything.
        _ = try JSONEncoder().encode(file.embedded)
        _ = try JSONEncoder().encode(file.metadata)
        return file.framesRead
    }

    private struct Unsound: Error {}

    /// The encoder throws for NaN and infinity; what it writes must be the same when read back.
    private static func jsonComplaint(_ features: AudioFeatures) -> String? {
        guard let json = try? JSONEncoder().encode(features) else { return "features are no JSON" }
        let back = try? JSONDecoder().decode(AudioFeatures.self, from: json)
        return back == features ? nil : "features change in JSON"
    }
}

func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
