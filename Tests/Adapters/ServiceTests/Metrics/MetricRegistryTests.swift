import Foundation
import Testing

@testable import WaxwingService

/// What is counted, as Prometheus reads it.
@Suite struct MetricRegistryTests {
    private let metrics = MetricRegistry()

    private func lines(of name: String, _ samples: [MetricSample] = []) -> [String] {
        metrics.text(with: samples).split(separator: "\n").map(String.init).filter {
            $0.hasPrefix(name) || $0.hasPrefix("# HELP \(name) ") || $0.hasPrefix("# TYPE \(name) ")
        }
    }

    @Test func `a counter is a line for each of its labels' values, in their order`() {
        metrics.add(to: .uploads, "quota")
        for _ in 0..<3 { metrics.add(to: .uploads, "accepted") }
        #expect(
            lines(of: "waxwing_uploads_total") == [
                "# HELP waxwing_uploads_total \(MetricFamily.uploads.help)", "# TYPE waxwing_uploads_total counter",
                #"waxwing_uploads_total{outcome="accepted"} 3"#, #"waxwing_uploads_total{outcome="quota"} 1"#,
            ])
    }

    @Test func `the buckets of a histogram hold all that is at most as large, and the last one everything`() {
        for seconds in [0.0005, 0.001, 0.03, 100] { metrics.observe(seconds, in: .transactions, "read", "ok") }
        let found = lines(of: "waxwing_database_transaction_duration_seconds")
        let labels = #"kind="read",outcome="ok""#
        for (bound, count) in [("0.001", 2), ("0.025", 2), ("0.05", 3), ("30", 3), ("+Inf", 4)] {
            #expect(
                found.contains(
                    "waxwing_database_transaction_duration_seconds_bucket{\(labels),le=\"\(bound)\"} \(count)"))
        }
        #expect(found.contains("waxwing_database_transaction_duration_seconds_count{\(labels)} 4"))
        let sum = found.first { $0.contains("_sum{") }?.split(separator: " ").last.flatMap { Double($0) }
        #expect(abs((sum ?? 0) - 100.0315) < 1e-9)
    }

    @Test(arguments: [
        ("a\"b", #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), ("a\r\nb 1\nforged 2", "a\r\\nb 1\\nforged 2"),
    ])
    func `no value of a label ends its line`(value: String, shown: String) {
        metrics.add(to: .uploads, value)
        #expect(metrics.text().contains("waxwing_uploads_total{outcome=\"\(shown)\"} 1\n"))
        #expect(!metrics.text().contains("\nforged"))
    }

    @Test func `however many values a label gets, the series stay few and nothing is lost`() {
        for index in 0..<(MetricRegistry.mostSeries + 500) { metrics.add(to: .uploads, "value \(index)") }
        metrics.add(to: .uploads, "value 0")
        let values = metrics.values(of: .uploads)
        #expect(values.count <= MetricRegistry.mostSeries + 1)
        #expect(values.values.reduce(0) { $0 + $1.number } == Double(MetricRegistry.mostSeries + 501))
        #expect(values[["other"]]?.number == 500 && values[["value 0"]]?.number == 2)
    }

    @Test func `a long value is cut, and one label too few counts nothing`() {
        metrics.add(to: .uploads, String(repeating: "x", count: 10_000))
        #expect(metrics.values(of: .uploads).keys.map { $0[0].count } == [128])
        metrics.add(to: .signIns, "password")
        #expect(metrics.values(of: .signIns).isEmpty)
    }

    @Test func `a counter that never counted is 0, a gauge that nobody set is not there`() {
        #expect(lines(of: "waxwing_samples_added_total").last == "waxwing_samples_added_total 0")
        #expect(lines(of: "process_open_fds") == [])
    }

    @Test(
        arguments: [(0, "0"), (3, "3"), (2.5, "2.5"), (-1, "-1"), (.infinity, "+Inf"), (.nan, "NaN")]
            as [(Double, String)])
    func `numbers are written as Prometheus reads them`(number: Double, text: String) {
        #expect(MetricText.number(number) == text)
    }

    @Test func `what is known at the moment is told beside what was counted`() {
        metrics.add(to: .uploads, "accepted")
        #expect(
            lines(of: "waxwing_up{", [MetricSample(.partsWell, ["database"], 1)]) == [#"waxwing_up{part="database"} 1"#]
        )
        #expect(lines(of: "waxwing_uploads_total{").count == 1)
    }

    @Test func `counts from many threads at once are all kept`() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { [metrics] in for _ in 0..<1_000 { metrics.add(to: .uploads, "accepted") } }
            }
        }
        #expect(metrics.values(of: .uploads)[["accepted"]]?.number == 8_000)
    }

    @Test func `the process tells its memory, time and files`() throws {
        let known = Dictionary(uniqueKeysWithValues: ProcessMetrics.samples().map { ($0.family.name, $0.number) })
        #expect(try #require(known["process_cpu_seconds_total"]) > 0)
        #if os(Linux)
        #expect(try #require(known["process_resident_memory_bytes"]) > 1_048_576)
        let open = try #require(known["process_open_fds"])
        #expect(try 3...#require(known["process_max_fds"]) ~= open)
        #endif
        let start = try #require(known["process_start_time_seconds"])
        #expect((1...86_400) ~= Date().timeIntervalSince1970 - start + 1)
    }
}

/// Names that others build on.
@Suite struct MetricFamilyTests {
    @Test func `every family has a name and labels that Prometheus takes, once`() {
        let names = MetricFamily.all.map(\.name)
        #expect(Set(names).count == names.count)
        for family in MetricFamily.all {
            #expect(family.name.wholeMatch(of: /(waxwing|process)_[a-z][a-z0-9_]*/) != nil, "\(family.name)")
            #expect(family.labels.allSatisfy { $0.wholeMatch(of: /[a-z][a-z_]*/) != nil && $0 != "le" })
            #expect(family.help.hasSuffix(".") && !family.help.contains("|"), "\(family.name)")
            #expect((family.kind == .counter) == family.name.hasSuffix("_total"), "\(family.name)")
            if case .histogram(let bounds) = family.kind { #expect(bounds == Set(bounds).sorted()) }
        }
    }

    private func document(_ path: String) throws -> String {
        try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../Docs/\(path)")
                .standardizedFileURL, encoding: .utf8)
    }

    @Test func `the page of metrics has just those that there are`() throws {
        let rows = try document("Metrics.md").split(separator: "\n").filter {
            $0.hasPrefix("| `waxwing_") || $0.hasPrefix("| `process_")
        }
        let told = MetricFamily.all.markdown.split(separator: "\n").dropFirst(2)
        #expect(rows.joined(separator: "\n") == told.joined(separator: "\n"))
    }

    @Test func `alarms ask for metrics and labels that there are`() throws {
        let rules = try document("alerts.yml")
        let used = rules.matches(of: /((?:waxwing|process)_[a-z0-9_]+)(?:\{([^}]*)\})?/).filter { !$0.1.hasSuffix("_") }
        #expect(used.count > 10)
        for match in used {
            let name = match.1.replacing(/_(bucket|count|sum)$/, with: "")
            let family = try #require(MetricFamily.all.first { $0.name == name }, "\(name)")
            for label in (match.2 ?? "").split(separator: ",").map({ $0.prefix { $0.isLetter } }) {
                #expect(family.labels.contains(String(label)) || label == "job", "\(name) \(label)")
            }
        }
    }
}
