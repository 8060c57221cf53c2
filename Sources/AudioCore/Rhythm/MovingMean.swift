/// Means of the neighbourhoods in a signal, each at the cost of one subtraction.
struct MovingMean {
    /// Element i is the sum of the first i values.
    private var sums = [0.0]

    init(_ values: [Float]) {
        sums.reserveCapacity(values.count + 1)
        for value in values { sums.append(sums[sums.count - 1] + Double(value)) }
    }

    /// Mean of `before` values, the one at `index` and `after` more; of those that exist at the edges.
    func mean(around index: Int, before: Int, after: Int) -> Double {
        let (low, high) = (max(0, index - before), min(sums.count - 1, index + after + 1))
        return (sums[high] - sums[low]) / Double(high - low)
    }
}
