import AudioCore
import Foundation

/// Sums of 64 bits by which equal contents are found. Not against forgers: nothing is deleted on their word.
enum FileDigest {
    /// Of the bytes of a file; `nil` if it cannot be read.
    static func bytes(of path: String) -> UInt64? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        var sum = start
        do {
            while let part = try file.read(upToCount: 1 << 20), !part.isEmpty {
                part.withUnsafeBytes { for byte in $0 { sum = (sum ^ UInt64(byte)) &* prime } }
            }
        } catch { return nil }
        return sum
    }

    /// Of the samples a file decodes to; `nil` if it cannot be decoded.
    static func samples(of path: String, ffmpeg: FFmpeg?) -> UInt64? {
        var sum = start
        let file = try? AudioFile(path: path, ffmpeg: ffmpeg)
        do {
            // Adding 0 makes one zero of the two.
            try file?.forEachBlock { for sample in $0 { sum = (sum ^ UInt64((sample + 0).bitPattern)) &* prime } }
        } catch { return nil }
        return file == nil ? nil : sum
    }

    // FNV-1a.
    private static let start: UInt64 = 0xcbf2_9ce4_8422_2325
    private static let prime: UInt64 = 0x100_0000_01b3
}
