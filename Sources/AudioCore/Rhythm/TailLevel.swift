/// Level of the last 50 ms of a stream against the level of all of it.
///
/// A loop that is cut cleanly ends as loud as it goes; a sound that dies away does not.
struct TailLevel: ~Copyable {
    private let length: Int
    /// The last 50 ms: sample i of the stream lies at i modulo `length`.
    private let tail: AlignedBuffer
    private var energy = 0.0
    private var samples = 0

    init(sampleRate: Double) {
        length = max(1, Int(0.05 * sampleRate))
        tail = AlignedBuffer(count: length)
    }

    mutating func push(_ block: Span<Float>) {
        var sum = Lanes(repeating: 0)
        block.withUnsafeBufferPointer { block in
            guard let base = block.baseAddress else { return }
            let whole = block.count / 8 * 8
            for index in stride(from: 0, to: whole, by: 8) { sum += base.lanes(index) * base.lanes(index) }
            for index in whole..<block.count { sum[0] += base[index] * base[index] }
            samples += block.count
            keep(base + block.count, count: min(block.count, length))
        }
        energy += Double(sum.sum())
    }

    /// Writes the `count` samples before `end`, the newest of the stream, in at most two parts.
    private func keep(_ end: UnsafePointer<Float>, count: Int) {
        let newest = samples % length
        let recent = min(count, newest)
        (tail.base + newest - recent).update(from: end - recent, count: recent)
        let older = count - recent
        (tail.base + length - older).update(from: end - count, count: older)
    }

    /// RMS of the tail over RMS of all; 0 for silence.
    var ratio: Double {
        guard energy > 0 else { return 0 }
        let count = min(samples, length)
        let tailEnergy = (0..<count).reduce(0.0) { $0 + Double(tail[$1]) * Double(tail[$1]) }
        return (tailEnergy / Double(count) / (energy / Double(samples))).squareRoot()
    }
}
