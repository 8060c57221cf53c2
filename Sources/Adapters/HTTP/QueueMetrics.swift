import Jobs

extension [QueueStatistics] {
    /// In Prometheus' text format.
    var lines: [String] {
        var lines = [
            "# HELP waxwing_jobs Jobs that are not over, and dead ones, by queue.", "# TYPE waxwing_jobs gauge",
        ]
        for queue in self {
            let states = [
                ("dead", queue.dead), ("ready", queue.ready), ("retryable", queue.retryable),
                ("running", queue.running),
                ("scheduled", queue.scheduled),
            ]
            for (state, count) in states {
                lines.append("waxwing_jobs{\(name(of: queue)),\(MetricLabel.text("state", state))} \(count)")
            }
        }
        lines += gauge("waxwing_jobs_longest_wait_seconds", "How long the oldest ready job has been waiting.") {
            let wait = ($0.longestWait ?? .zero).components
            return "\(Double(wait.seconds) + Double(wait.attoseconds) * 1e-18)"
        }
        lines += gauge("waxwing_jobs_succeeded_5m", "Attempts that ended well in the last five minutes.") {
            "\($0.succeeded)"
        }
        lines += gauge("waxwing_jobs_failed_5m", "Attempts that failed or were lost in the last five minutes.") {
            "\($0.failed)"
        }
        lines += gauge("waxwing_queue_paused", "1 while the queue is paused.") { $0.settings.isPaused ? "1" : "0" }
        return lines
    }

    private func gauge(_ metric: String, _ help: String, _ value: (QueueStatistics) -> String) -> [String] {
        ["# HELP \(metric) \(help)", "# TYPE \(metric) gauge"] + map { "\(metric){\(name(of: $0))} \(value($0))" }
    }

    private func name(of queue: QueueStatistics) -> String { MetricLabel.text("queue", queue.queue) }
}

/// A label of a series in Prometheus' text format.
enum MetricLabel {
    static func text(_ name: String, _ value: String) -> String {
        let escaped = value.flatMap { character -> String in
            switch character {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(character)
            }
        }
        return "\(name)=\"\(String(escaped))\""
    }
}
