import AudioCore
import Foundation

/// The other end of ``AnalysisPool``: analyses one file after the other, as asked on standard input.
///
/// Runs in a process of its own, so that a file that crashes or hangs a decoder costs that process only.
public enum AnalysisServer {
    /// Returns when standard input ends.
    ///
    /// - Parameter ffmpeg: decodes M4A and AAC; without it they are refused.
    public static func run(ffmpeg: FFmpeg? = nil) {
        Limits.apply()
        while let line = readLine() {
            guard let request: AnalysisRequest = AnalysisMessage.decode(Array(line.utf8)),
                let answer = try? AnalysisMessage.encode(answer(to: request, ffmpeg))
            else { return }
            FileHandle.standardOutput.write(Data(answer))
        }
    }

    private static func answer(to request: AnalysisRequest, _ ffmpeg: FFmpeg?) -> AnalysisResponse {
        do {
            let options = AnalysisOptions(waveformPoints: request.waveformPoints)
            // Shorter than the pool's deadline: ffmpeg must not outlive the process that would stop it.
            var limits = DecodeLimits()
            limits.decoderTime = AnalysisPool.deadline * 3 / 4
            return .features(
                try AudioAnalysis.analyze(path: request.path, options: options, limits: limits, ffmpeg: ffmpeg))
        } catch AudioError.cannotOpen(_, let reason) {
            return .rejected("the file cannot be opened (\(reason))")
        } catch let error as AudioError {
            return .rejected(error.description)
        } catch {
            return .rejected("the file cannot be analysed")
        }
    }

    /// What an analysis may take of the machine. It never writes a file.
    private enum Limits {
        /// Address space: the analysis itself needs less than 100 MiB, however long the file.
        static let memory: rlim_t = 1 << 30

        static func apply() {
            #if canImport(Glibc) || canImport(Musl)
            set(__rlimit_resource_t(RLIMIT_AS.rawValue), memory)
            set(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), 0)
            set(__rlimit_resource_t(RLIMIT_CORE.rawValue), 0)
            set(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), 32)
            #else
            set(RLIMIT_FSIZE, 0)
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
