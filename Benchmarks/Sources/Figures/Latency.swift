import Foundation

/// How long something took, many times over: as the comparison with other programs (`Peers/`) reads it, a line of JSON.
package struct Latency: Encodable {
    package let name: String
    /// What came back each time.
    package let rows: Int
    package let runs: Int
    /// Milliseconds: half of the runs were as fast, 99 of 100, and all.
    package let p50, p99, longest: Double

    /// - Parameter times: at least one.
    package init(_ name: String, rows: Int, times: [Duration]) {
        let sorted = times.map { $0 / .milliseconds(1) }.sorted()
        (self.name, self.rows, runs) = (name, rows, sorted.count)
        func quantile(_ part: Double) -> Double { sorted[Int((Double(sorted.count - 1) * part).rounded(.up))] }
        (p50, p99, longest) = (quantile(0.5), quantile(0.99), quantile(1))
    }
}

/// Prints a value as a line of JSON.
package func report(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
    fflush(nil)
}
