import AudioCore
import Foundation

/// What is remembered of a file, so that it need not be analysed again.
struct SoundRecord: Equatable, Sendable {
    /// Absolute.
    var path: String
    var stamp: FileStamp
    var summary: SoundSummary
    var fingerprint: Fingerprint?
    var format: AudioFormat?
    var sampleRate: Int
    var channels: Int
    var bitDepth: Int?
    var frames: Int

    init(path: String, stamp: FileStamp, features: AudioFeatures) {
        (self.path, self.stamp, summary) = (path, stamp, SoundSummary(features))
        fingerprint = features.fingerprint
        (format, bitDepth, frames) = (features.format, features.bitDepth, features.frames)
        (sampleRate, channels) = (features.sampleRate, features.channels)
    }
}

/// Whether a file is still the one that was analysed.
struct FileStamp: Equatable, Sendable {
    /// Bytes.
    var size: Int64
    /// Nanoseconds since 1970.
    var modified: Int64

    /// - Returns: `nil` for a file that is not there.
    init?(path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        #if os(Linux)
        let time = facts.st_mtim
        #else
        let time = facts.st_mtimespec
        #endif
        size = Int64(facts.st_size)
        modified = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    init(size: Int64, modified: Int64) { (self.size, self.modified) = (size, modified) }
}
