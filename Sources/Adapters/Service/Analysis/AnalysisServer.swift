import AudioCore
import Foundation

/// The other end of ``AnalysisPool``: analyses one file after the other, as asked on standard input.
///
/// Runs in a process of its own, so that a file that crashes or hangs a decoder costs that process only.
public enum AnalysisServer {
    /// The argument of a child that may write files.
    public static let writing = "--writing"

    /// Returns when standard input ends.
    ///
    /// - Parameters:
    ///   - ffmpeg: decodes M4A and AAC; without it they are refused.
    ///   - isWriting: whether it may write files; one that only looks at them never does.
    public static func run(ffmpeg: FFmpeg? = nil, isWriting: Bool = false) {
        Limits.apply(largestFile: isWriting ? Limits.largestFile : 0)
        while let line = readLine() {
            guard let request: AnalysisRequest = AnalysisMessage.decode(Array(line.utf8)),
                let answer = try? AnalysisMessage.encode(answer(to: request, ffmpeg))
            else { return }
            FileHandle.standardOutput.write(Data(answer))
        }
    }

    private static func answer(to request: AnalysisRequest, _ ffmpeg: FFmpeg?) -> AnalysisResponse {
        request.task.answer(path: request.path, limits: .ofChildren, ffmpeg: ffmpeg)
    }

    /// What an analysis may take of the machine.
    enum Limits {
        /// Address space: the analysis itself needs less than 100 MiB, however long the file.
        static let memory: rlim_t = 1 << 30

        /// Bytes of a file that a child which may write writes.
        static let largestFile: rlim_t = 2 << 30

        /// - Parameter largestFile: bytes; 0 for a process that writes none.
        static func apply(largestFile: rlim_t) {
            #if canImport(Glibc) || canImport(Musl)
            set(__rlimit_resource_t(RLIMIT_AS.rawValue), memory)
            set(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), largestFile)
            set(__rlimit_resource_t(RLIMIT_CORE.rawValue), 0)
            set(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), 32)
            #else
            set(RLIMIT_FSIZE, largestFile)
            set(RLIMIT_CORE, 0)
            set(RLIMIT_NOFILE, 32)
            #endif
        }

        #if canImport(Glibc) || canImport(Musl)
        private static func set(_ resource: __rlimit_resource_t, _ value: rlim_t) {
            var limit = rlimit(rlim_cur: value, rlim_max: value)
            setrlimit(resource, &limit)
        }
        #else
        private static func set(_ resource: Int32, _ value: rlim_t) {
            var limit = rlimit(rlim_cur: value, rlim_max: value)
            setrlimit(resource, &limit)
        }
        #endif
    }
}

extension DecodeLimits {
    /// Shorter than the pool's deadline: ffmpeg must not outlive the process that would stop it.
    static var ofChildren: DecodeLimits {
        var limits = DecodeLimits()
        limits.decoderTime = AnalysisPool.deadline * 3 / 4
        return limits
    }
}
