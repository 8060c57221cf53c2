/// Something that the service counts or measures, under one name; with labels, a series of numbers for each of their values.
public struct MetricFamily: Sendable {
    public enum Kind: Equatable, Sendable {
        /// Only grows, and begins at 0 with the process.
        case counter
        /// As it is at the moment.
        case gauge
        /// How often values were at most as large as each of the bounds, which rise.
        case histogram(bounds: [Double])
    }

    /// As Prometheus wants it: `waxwing_uploads_total`, `…_seconds`, `…_bytes`.
    public let name: String
    /// One sentence.
    public let help: String
    public let kind: Kind
    /// What there are series by. Few values each: a pattern of routes and not a path, a class of errors and not a message.
    public let labels: [String]

    public init(_ name: String, _ kind: Kind, by labels: [String] = [], _ help: String) {
        (self.name, self.kind, self.labels, self.help) = (name, kind, labels, help)
    }

    /// Seconds, from what a cache answers to what a person no longer waits for.
    public static let latencies = Kind.histogram(
        bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
    /// Seconds, of work in the background.
    public static let runs = Kind.histogram(bounds: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300])
}

extension MetricFamily.Kind {
    /// Prometheus' word for it.
    public var word: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}

/// One number that is known when it is asked for, instead of being counted.
public struct MetricSample: Sendable {
    public let family: MetricFamily
    /// Of the family's labels, in their order.
    public let values: [String]
    public let number: Double

    public init(_ family: MetricFamily, _ values: [String], _ number: Double) {
        (self.family, self.values, self.number) = (family, values, number)
    }
}

extension [MetricFamily] {
    /// The table of `Docs/Metrics.md`.
    public var markdown: String {
        let rows = map { family in
            let labels = family.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(family.name)` | \(family.kind.word) | \(labels.isEmpty ? "" : "\(labels) ")| \(family.help) |"
        }
        return (["| metric | kind | labels | meaning |", "| --- | --- | --- | --- |"] + rows).joined(separator: "\n")
            + "\n"
    }
}
