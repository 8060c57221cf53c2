import AllocationCounter
import Foundation

/// A question about cost, asked several times.
struct Benchmark {
    /// The question, as it is chosen on the command line.
    let name: String
    /// Seconds of audio that one run works through.
    let audioSeconds: Double
    /// One run; traps where the result is wrong.
    let run: () throws -> Void

    /// Runs once to warm up, then `runs` times, and prints the median.
    ///
    /// - Returns: the median, ms.
    func report(runs: Int = 7) throws -> Double {
        let before = Memory.resident
        Memory.forgetPeak()
        try run()
        let peak = Memory.peak - before
        let allocations = allocation_count()
        try run()
        let allocated = allocation_count() - allocations
        let times = try (0..<runs).map { _ in try ContinuousClock().measure(run) / .milliseconds(1) }.sorted()
        let median = times[runs / 2]
        print("\(name)")
        print("  median of \(runs): \(rounded(median)) ms, fastest \(rounded(times[0])) ms")
        print("  \(rounded(audioSeconds * 1000 / median)) × real time")
        print("  peak memory above the start: \(rounded(peak)) MB")
        print("  allocations: \(allocated)")
        return median
    }

    private func rounded(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// What this process takes of the machine, from Linux's `/proc`; 0 elsewhere.
enum Memory {
    /// Resident now, MB.
    static var resident: Double { status("VmRSS") }

    /// Largest resident set since the last `forgetPeak()`, MB.
    static var peak: Double { status("VmHWM") }

    static func forgetPeak() { try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs")) }

    private static func status(_ key: String) -> Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
    }
}
