/// Level of the last 50 ms of a stream against the level of all of it.
///
/// A loop that is cut cleanly ends as loud as it goes; a sound that dies away does not.
struct TailLevel {
    private let length: Int
    private var tail: [Float] = []
    private var energy = 0.0
    private var samples = 0

    init(sampleRate: Double, largestBlock: Int) {
        length = max(1, Int(0.05 * sampleRate))
        tail.reserveCapacity(length + largestBlock)
    }

    mutating func push(_ block: Span<Float>) {
        var sum = Lanes(repeating: 0)
        block.withUnsafeBufferPointer { block in
            if block.count >= length { tail.removeAll(keepingCapacity: true) }
            tail.append(contentsOf: block.suffix(length))
            guard let base = block.baseAddress else { return }
            let whole = block.count / 8 * 8
            for index in stride(from: 0, to: whole, by: 8) { sum += base.lanes(index) * base.lanes(index) }
            for index in whole..<block.count { sum[0] += base[index] * base[index] }
        }
        energy += Double(sum.sum())
        samples += block.count
        if tail.count > length { tail.removeFirst(tail.count - length) }
    }

    /// RMS of the tail over RMS of all; 0 for silence.
    var ratio: Double {
        guard energy > 0 else { return 0 }
        let tailEnergy = tail.reduce(0.0) { $0 + Double($1) * Double($1) }
        return (tailEnergy / Double(tail.count) / (energy / Double(samples))).squareRoot()
    }
}
