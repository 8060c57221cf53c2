import Synchronization

/// Counts for one process, until it is asked for the sums.
///
/// Bounded, whatever comes: a family that has ``mostSeries`` series counts what is new under `other`, and long values are cut.
public final class MetricRegistry: Sendable {
    /// Of one family.
    public static let mostSeries = 2_000
    /// Of a label's value, in characters.
    private static let longestValue = 128

    private let families = Mutex<[String: [[String]: MetricValue]]>([:])

    public init() {
        ProcessMetrics.noteStart()
    }

    /// - Parameter values: of the family's labels, in their order.
    public func add(_ amount: Double = 1, to family: MetricFamily, _ values: String...) {
        change(family, values) { $0.number += amount }
    }

    /// As ``add(_:to:_:)``, of values that are a list already.
    func count(_ family: MetricFamily, _ values: [String]) {
        change(family, values) { $0.number += 1 }
    }

    public func set(_ family: MetricFamily, _ values: String..., to number: Double) {
        change(family, values) { $0.number = number }
    }

    /// One more value of a histogram.
    public func observe(_ number: Double, in family: MetricFamily, _ values: String...) {
        guard case .histogram(let bounds) = family.kind else { return }
        change(family, values) { $0.observe(number, bounds) }
    }

    /// How long something took, in a histogram of seconds.
    public func observe(_ duration: Duration, in family: MetricFamily, _ values: String...) {
        guard case .histogram(let bounds) = family.kind else { return }
        change(family, values) { $0.observe(duration.inSeconds, bounds) }
    }

    private func change(_ family: MetricFamily, _ values: [String], _ change: (inout MetricValue) -> Void) {
        guard values.count == family.labels.count else { return }
        let values = values.map { $0.utf8.count > Self.longestValue ? String($0.prefix(Self.longestValue)) : $0 }
        families.withLock { families in
            let count = families[family.name]?.count ?? 0
            let isKnown = count < Self.mostSeries || families[family.name]?[values] != nil
            let series = isKnown ? values : values.map { _ in "other" }
            change(&families[family.name, default: [:]][series, default: MetricValue()])
        }
    }

    /// What was counted of a family so far, by the values of its labels.
    func values(of family: MetricFamily) -> [[String]: MetricValue] {
        families.withLock { $0[family.name] ?? [:] }
    }
}

/// What one series holds.
struct MetricValue: Equatable, Sendable {
    /// Of a histogram, the sum of what was observed.
    var number = 0.0
    /// Of a histogram, one for each bound, and one for what is above them all.
    private(set) var counts: [Int] = []

    mutating func observe(_ value: Double, _ bounds: [Double]) {
        if counts.isEmpty { counts = [Int](repeating: 0, count: bounds.count + 1) }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        number += value
    }
}
