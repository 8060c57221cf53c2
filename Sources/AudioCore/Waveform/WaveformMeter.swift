import CKernels

/// Gathers the outline of a stream in bounded memory: lowest and highest sample and level of equal stretches.
///
/// Where the length is known, every point has its own bucket, with edges on the exact samples. Otherwise
/// buckets hold one sample each at first; when they are full, neighbours are folded and buckets hold twice
/// as much. In the end there are at least eight buckets a point, so the edges of a point are right to
/// an eighth of its width. Memory: 16 bytes a point, or 256 to 512 of unknown length, however long it is.
struct WaveformMeter {
    private let points: Int
    private let known: Int?
    private let capacity: Int
    private var buckets: [ck_level] = []
    private var bucketLength = 1
    /// Samples so far.
    private(set) var samples = 0
    /// The sample that the next bucket begins with.
    private var end = 0

    /// - Parameters:
    ///   - points: wanted at the end; a file with fewer samples gives one a sample.
    ///   - known: samples that will come; where fewer do, what came is still told right.
    init(points: Int, of known: Int? = nil) {
        self.points = Swift.max(1, points)
        self.known = known
        if let known {
            capacity = Swift.max(1, min(self.points, known))
        } else {
            var capacity = 16
            while capacity < 16 * self.points { capacity *= 2 }
            self.capacity = capacity
        }
        buckets.reserveCapacity(capacity)
    }

    mutating func push(_ mono: Span<Float>) {
        mono.withUnsafeBufferPointer { block in
            guard let base = block.baseAddress else { return }
            var start = 0
            while start < block.count {
                if samples == end { openBucket() }
                let length = min(block.count - start, end - samples)
                ck_measure_level(base + start, length, &buckets[buckets.count - 1])
                start += length
                samples += length
            }
        }
    }

    private mutating func openBucket() {
        if known == nil, buckets.count == capacity { fold() }
        buckets.append(.nothing)
        // What comes beyond the promised length belongs to the last point.
        end = known != nil && buckets.count >= capacity ? .max : edge(buckets.count)
    }

    private mutating func fold() {
        for index in 0..<capacity / 2 { buckets[index] = buckets[2 * index].joined(buckets[2 * index + 1]) }
        buckets.removeLast(capacity / 2)
        bucketLength *= 2
    }

    /// The sample that a bucket begins with.
    private func edge(_ bucket: Int) -> Int {
        known.map { bucket * $0 / capacity } ?? bucket * bucketLength
    }

    /// Exactly `points` stretches, or one a sample where there are fewer samples.
    func finish() -> WaveformPeaks {
        let stretches = stretches(min(points, buckets.count))
        return WaveformPeaks(
            min: stretches.map { Self.rounded($0.level.least) }, max: stretches.map { Self.rounded($0.level.most) })
    }

    /// Exactly `points` of them: where there are fewer samples, a sample is held over several.
    func columns() -> [Waveform.Column] {
        stretches(points).map { stretch in
            let mean = stretch.level.energy / Double(Swift.max(1, stretch.samples))
            return Waveform.Column(
                min: stretch.level.least, max: stretch.level.most, rms: Float(mean.squareRoot()))
        }
    }

    private func stretches(_ count: Int) -> [(level: ck_level, samples: Int)] {
        guard !buckets.isEmpty else { return [] }
        return (0..<count).map { point in
            let first = point * buckets.count / count
            let last = Swift.max((point + 1) * buckets.count / count, first + 1)
            let end = last == buckets.count ? samples : edge(last)
            return (buckets[first..<last].reduce(.nothing) { $0.joined($1) }, end - edge(first))
        }
    }

    private static func rounded(_ value: Float) -> Float { (value * 10_000).rounded() / 10_000 }
}

extension ck_level {
    /// Of no samples.
    static let nothing = ck_level(least: .infinity, most: -.infinity, energy: 0)

    fileprivate func joined(_ other: ck_level) -> ck_level {
        ck_level(least: min(least, other.least), most: max(most, other.most), energy: energy + other.energy)
    }
}
