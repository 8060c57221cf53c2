/// Prometheus' text format, version 0.0.4.
///
/// Source: prometheus.io/docs/instrumenting/exposition_formats.
struct MetricText {
    private(set) var text = ""

    mutating func add(_ family: MetricFamily, _ series: [[String]: MetricValue]) {
        // What was never counted is known to be 0, so that its rate is known from the first time on.
        let series = series.isEmpty && family.labels.isEmpty && family.kind == .counter ? [[]: MetricValue()] : series
        guard !series.isEmpty || family.kind != .gauge else { return }
        text += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
        text += "# TYPE \(family.name) \(family.kind.word)\n"
        for (values, value) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let labels = zip(family.labels, values).map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
            switch family.kind {
            case .counter, .gauge: line(family.name, labels, Self.number(value.number))
            case .histogram(let bounds): histogram(family.name, labels, value, bounds)
            }
        }
    }

    private mutating func histogram(_ name: String, _ labels: [String], _ value: MetricValue, _ bounds: [Double]) {
        var total = 0
        for (bound, count) in zip(bounds.map(Self.number) + ["+Inf"], value.counts) {
            total += count
            line("\(name)_bucket", labels + ["le=\"\(bound)\""], "\(total)")
        }
        line("\(name)_sum", labels, Self.number(value.number))
        line("\(name)_count", labels, "\(total)")
    }

    private mutating func line(_ name: String, _ labels: [String], _ number: String) {
        text += name + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}") + " \(number)\n"
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int(exactly: value).map(String.init) ?? "\(value)"
    }

    /// By scalars: `\r\n` is one character, and would pass as no line feed.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: #"\\"#.unicodeScalars)
            case "\n": escaped.append(contentsOf: #"\n"#.unicodeScalars)
            case "\"" where quotes: escaped.append(contentsOf: #"\""#.unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

extension MetricRegistry {
    /// All families that were counted or are given, in the order in which they are declared.
    ///
    /// - Parameter samples: what is known at the moment, beside what was counted.
    public func text(with samples: [MetricSample] = []) -> String {
        let present = Dictionary(grouping: samples, by: \.family.name)
        return MetricFamily.all.reduce(into: MetricText()) { text, family in
            var series = values(of: family)
            for sample in present[family.name] ?? [] where sample.values.count == family.labels.count {
                series[sample.values] = MetricValue(number: sample.number)
            }
            text.add(family, series)
        }.text
    }
}
