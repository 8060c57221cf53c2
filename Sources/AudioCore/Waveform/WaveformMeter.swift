/// Gathers the outline of a stream of unknown length in bounded memory.
///
/// Fills buckets of one sample each; when they are full, neighbours are folded and buckets hold twice
/// as much. In the end there are at least eight buckets a point, so the edges of a point are right to
/// an eighth of its width. Memory: 128 to 256 bytes a point, whatever the length.
struct WaveformMeter {
    private let points: Int
    private let capacity: Int
    private var low: [Float]
    private var high: [Float]
    private var bucketLength = 1
    /// Samples in the last bucket.
    private var filled = 0

    /// - Parameter points: wanted at the end; a file with fewer samples gives one a sample.
    init(points: Int) {
        self.points = Swift.max(1, points)
        var capacity = 16
        while capacity < 16 * self.points { capacity *= 2 }
        self.capacity = capacity
        (low, high) = ([], [])
        low.reserveCapacity(capacity)
        high.reserveCapacity(capacity)
    }

    mutating func push(_ mono: Span<Float>) {
        mono.withUnsafeBufferPointer { samples in
            guard let base = samples.baseAddress else { return }
            var start = 0
            while start < samples.count {
                if low.isEmpty || filled == bucketLength { openBucket() }
                let length = min(samples.count - start, bucketLength - filled)
                let (least, most) = Self.range(base + start, count: length)
                low[low.count - 1] = min(low[low.count - 1], least)
                high[high.count - 1] = max(high[high.count - 1], most)
                start += length
                filled += length
            }
        }
    }

    private mutating func openBucket() {
        if low.count == capacity {
            for index in 0..<capacity / 2 {
                low[index] = min(low[2 * index], low[2 * index + 1])
                high[index] = max(high[2 * index], high[2 * index + 1])
            }
            low.removeLast(capacity / 2)
            high.removeLast(capacity / 2)
            bucketLength *= 2
        }
        low.append(.infinity)
        high.append(-.infinity)
        filled = 0
    }

    private static func range(_ samples: UnsafePointer<Float>, count: Int) -> (Float, Float) {
        var (least, most) = (samples[0], samples[0])
        var index = 0
        if count >= 8 {
            var (low, high) = (samples.lanes(0), samples.lanes(0))
            while index + 8 <= count {
                low = low.smaller(samples.lanes(index))
                high = high.larger(samples.lanes(index))
                index += 8
            }
            (least, most) = (-(-low).greatest, high.greatest)
        }
        while index < count {
            (least, most) = (min(least, samples[index]), max(most, samples[index]))
            index += 1
        }
        return (least, most)
    }

    /// Exactly `points` stretches, or one a sample where there are fewer samples.
    func finish() -> WaveformPeaks {
        let count = min(points, low.count)
        let stretches = (0..<count).map { point in
            point * low.count / count..<Swift.max((point + 1) * low.count / count, point * low.count / count + 1)
        }
        return WaveformPeaks(
            min: stretches.map { Self.rounded(low[$0].min() ?? 0) },
            max: stretches.map { Self.rounded(high[$0].max() ?? 0) })
    }

    private static func rounded(_ value: Float) -> Float { (value * 10_000).rounded() / 10_000 }
}
