#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The program `ffmpeg`, which decodes M4A and AAC: nothing in this process can.
///
/// Used only where it is passed to ``AudioFile``. It runs as a child process that is told which format and
/// which two codecs to expect, gets one open file, no network, no environment, and limits on time and memory.
public struct FFmpeg: Sendable, Equatable {
    /// Absolute path.
    public let executable: String

    /// - Parameter executable: absolute path.
    /// - Returns: `nil` unless a program is there that may be run.
    public init?(executable: String) {
        guard executable.hasPrefix("/"), access(executable, X_OK) == 0 else { return nil }
        self.executable = executable
    }

    /// The one that a package manager has installed, if any.
    public static func installed() -> FFmpeg? {
        ["/usr/bin/ffmpeg", "/usr/local/bin/ffmpeg", "/opt/homebrew/bin/ffmpeg"].lazy
            .compactMap(FFmpeg.init(executable:)).first
    }

    /// Decodes the first sound of the file that the child has open as `descriptor`, to standard output: an AU
    /// header, then big-endian floats.
    ///
    /// - Parameter demuxer: named, so that ffmpeg does not guess; playlists and the like are never tried.
    func command(demuxer: String, descriptor: CInt) -> [String] {
        let input = [
            "-protocol_whitelist", "file", "-codec_whitelist", "aac,alac", "-threads", "1", "-f", demuxer, "-i",
            "file:/dev/fd/\(descriptor)",
        ]
        let output = [
            "-vn", "-sn", "-dn", "-map", "0:a:0", "-map_metadata", "-1", "-c:a", "pcm_f32be", "-threads", "1",
            "-f", "au", "pipe:1",
        ]
        // Decoding goes on behind damage, but then the exit status tells of it.
        return [executable, "-nostdin", "-v", "quiet", "-max_error_rate", "0"] + input + output
    }
}
