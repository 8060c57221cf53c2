import Foundation

/// What the system knows of this process. What it does not tell is left out.
struct ProcessMetrics {
    /// About when the process began: this is first asked for while it starts.
    private static let started = Date()

    /// To be called at the start.
    static func noteStart() { _ = started }

    static func samples() -> [MetricSample] {
        let known: [(MetricFamily, Double?)] = [
            (.residentMemory, residentBytes), (.cpuTime, cpuSeconds), (.openFiles, openFiles),
            (.mostOpenFiles, mostOpenFiles), (.startTime, started.timeIntervalSince1970),
        ]
        return known.compactMap { family, number in number.map { MetricSample(family, [], $0) } }
    }

    /// Nil where the system has no `/proc`.
    private static var residentBytes: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static var cpuSeconds: Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Less the one by which they are counted.
    private static var openFiles: Double? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double(max(0, $0.count - 1)) }
    }

    private static var mostOpenFiles: Double? { OpenFileLimit.present.map(Double.init) }
}

/// How many files, sockets and pipes this process may have open at once.
public enum OpenFileLimit {
    /// Nil where the system does not tell.
    public static var present: Int? {
        var limit = rlimit()
        #if os(Linux)
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        #else
        guard getrlimit(RLIMIT_NOFILE, &limit) == 0 else { return nil }
        #endif
        return Int(clamping: limit.rlim_cur)
    }
}
