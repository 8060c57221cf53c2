/// Mean and population standard deviation of values that come one by one.
///
/// Source: B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
/// Technometrics 4(3), 1962: no cancellation for values that vary little around a large mean.
struct RunningStatistics: Equatable {
    private(set) var count = 0
    /// 0 while there is no value.
    private(set) var mean = 0.0
    private var squaredDeviations = 0.0

    mutating func add(_ value: Double) {
        count += 1
        let deviation = value - mean
        mean += deviation / Double(count)
        squaredDeviations += deviation * (value - mean)
    }

    /// Divisor n, as in librosa's summaries; 0 while there is no value.
    var standardDeviation: Double {
        count == 0 ? 0 : (squaredDeviations / Double(count)).squareRoot()
    }
}
