/// Six seconds of a sound from its first sample that is not zero, at a quarter of the usual rates: enough to follow its
/// pitch.
struct SoundExcerpt: Sendable {
    /// Samples a second: 8,000 to 22,050.
    let sampleRate: Double
    /// Where it begins, seconds from the start of the stream.
    let start: Double
    /// Means of neighbouring samples of the mono mix.
    let samples: [Float]
}

extension SoundExcerpt {
    /// Whether nothing moves: silence, or an offset with less than a thousandth of it (−60 dB) around it.
    var isConstant: Bool {
        var (sum, squares) = (0.0, 0.0)
        for sample in samples {
            sum += Double(sample)
            squares += Double(sample) * Double(sample)
        }
        // Variance over mean square; a rounding error below 0 is 0.
        return squares - sum * sum / Double(max(1, samples.count)) <= 1e-6 * squares
    }
}

/// Gathers a ``SoundExcerpt``: 530 kB at most.
struct SoundExcerptMeter: ~Copyable {
    private static let mostSeconds = 6.0
    private static let leastRate = 11_025.0

    private let sampleRate: Double
    /// Samples that become one. A power of two, so that every block holds a whole number of them.
    private let factor: Int
    private var table: FrameTable<Float>
    /// Means of zero before the first that is kept.
    private var skipped = 0

    init(sampleRate: Double) {
        var factor = 1
        while sampleRate / Double(2 * factor) >= Self.leastRate { factor *= 2 }
        self.factor = factor
        self.sampleRate = sampleRate / Double(factor)
        table = FrameTable(width: 1, capacity: Int(Self.mostSeconds * sampleRate / Double(factor)))
    }

    /// - Parameter block: a multiple of the factor for every block but the last, of which a rest is left out.
    mutating func push(_ block: Span<Float>) {
        var start = 0
        while start + factor <= block.count, !table.isFull {
            var sum: Float = 0
            for index in start..<start + factor { sum += block[index] }
            if sum == 0, table.count == 0 { skipped += 1 } else { table.append().pointee = sum / Float(factor) }
            start += factor
        }
    }

    /// All of it, once the stream has ended.
    var excerpt: SoundExcerpt {
        SoundExcerpt(sampleRate: sampleRate, start: Double(skipped) / sampleRate, samples: table.array)
    }
}
