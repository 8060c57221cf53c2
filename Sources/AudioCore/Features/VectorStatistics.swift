/// Mean and population standard deviation of vectors that come one by one, element by element.
///
/// The same update as ``RunningStatistics``, eight elements at a time.
struct VectorStatistics: Equatable {
    /// Elements of one vector.
    let width: Int
    private(set) var count = 0
    private var means: [SIMD8<Double>]
    private var squaredDeviations: [SIMD8<Double>]

    init(count width: Int) {
        self.width = width
        means = Array(repeating: .zero, count: (width + 7) / 8)
        squaredDeviations = means
    }

    /// - Parameter values: `width` of them, with room for a whole last vector.
    mutating func add(_ values: UnsafePointer<Float>) {
        count += 1
        let share = 1 / Double(count)
        for group in means.indices {
            let value = SIMD8<Double>(values.lanes(8 * group))
            let deviation = value - means[group]
            means[group] += deviation * share
            squaredDeviations[group] += deviation * (value - means[group])
        }
    }

    /// One for each element; zeros while there is no vector.
    var summaries: [MeanAndDeviation] {
        (0..<width).map { index in
            let square = squaredDeviations[index / 8][index % 8] / Double(max(1, count))
            return MeanAndDeviation(
                mean: means[index / 8][index % 8].rounded(digits: 6),
                standardDeviation: max(0, square).squareRoot().rounded(digits: 6))
        }
    }
}
