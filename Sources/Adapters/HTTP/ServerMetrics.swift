import Foundation
import Jobs
import Synchronization

/// Counts requests, and writes what it counted in Prometheus' text format (version 0.0.4).
public final class ServerMetrics: Sendable {
    private struct Series: Hashable {
        let method: String
        /// The pattern, not the path: there are few of them.
        let route: String
        let status: Int
    }

    private struct Latency {
        /// Upper bounds, seconds.
        static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
        var counts = [Int](repeating: 0, count: bounds.count + 1)
        var sum = 0.0

        mutating func add(_ seconds: Double) {
            counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
            sum += seconds
        }
    }

    private let state = Mutex((requests: [Series: Int](), latencies: [String: Latency]()))

    public init() {}

    func count(method: String, route: String, status: Int, seconds: Double) {
        state.withLock { state in
            state.requests[Series(method: method, route: route, status: status), default: 0] += 1
            state.latencies[route, default: Latency()].add(seconds)
        }
    }

    func text(queues: [QueueStatistics]) -> String {
        let (requests, latencies) = state.withLock { $0 }
        var lines: [String] = []
        lines += [
            "# HELP waxwing_http_requests_total Requests answered.", "# TYPE waxwing_http_requests_total counter",
        ]
        for (series, count) in requests.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            lines.append(
                "waxwing_http_requests_total{\(label("method", series.method)),\(label("route", series.route)),"
                    + "\(label("status", String(series.status)))} \(count)")
        }
        let duration = "waxwing_http_request_duration_seconds"
        lines += ["# HELP \(duration) Time to the answer's head.", "# TYPE \(duration) histogram"]
        for (route, latency) in latencies.sorted(by: { $0.key < $1.key }) {
            var total = 0
            for (bound, count) in zip(Latency.bounds.map { "\($0)" } + ["+Inf"], latency.counts) {
                total += count
                lines.append("\(duration)_bucket{\(label("route", route)),\(label("le", bound))} \(total)")
            }
            lines.append("\(duration)_sum{\(label("route", route))} \(latency.sum)")
            lines.append("\(duration)_count{\(label("route", route))} \(total)")
        }
        lines += queues.lines
        if let bytes = residentBytes() {
            lines += [
                "# HELP process_resident_memory_bytes Resident memory of the server process.",
                "# TYPE process_resident_memory_bytes gauge", "process_resident_memory_bytes \(bytes)",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func label(_ name: String, _ value: String) -> String { MetricLabel.text(name, value) }

    /// Nil where the system has no `/proc`.
    private func residentBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
