import Foundation

/// What a whole piece says about its key: six small distributions, each from C on.
struct KeyBlocks {
    /// Mean chroma, mean bass chroma, lowest notes: 12 each.
    var chroma: [Double]
    var bass: [Double]
    var low: [Double]
    /// Mean chord posteriors of all, of the first and of the last eighth: 12 major, 12 minor each.
    var chords: [Double]
    var first: [Double]
    var last: [Double]

    /// `nil` where no frame has a note.
    init?(_ frames: ChromaFrames) {
        let levels = frames.full.map { Double($0.sum()).squareRoot() }
        guard levels.contains(where: { $0 > 0 }) else { return nil }
        chroma = Self.share(Self.mean(frames.full))
        bass = Self.share(Self.mean(frames.bass))
        low = [Double](repeating: 0, count: 12)
        for (lowest, level) in zip(frames.lowest, levels) {
            if let lowest { low[lowest] += level }
        }
        low = Self.share(low)
        let chords = ChordPosteriors(frames).frames
        let eighth = max(1, chords.count / 8)
        self.chords = Self.mean(chords, weights: levels)
        first = Self.mean(Array(chords.prefix(eighth)))
        last = Self.mean(Array(chords.suffix(eighth)))
    }

    /// Blocks in the order of the weights.
    var all: [[Double]] { [chroma, bass, low, chords, first, last] }

    /// 0 for one single pitch class, 1 for all alike.
    var chromaEntropy: Double { -chroma.reduce(0) { $0 + $1 * log($1 + 1e-9) } / log(12) }

    /// Σ frame/√(its sum), so that a loud frame counts more, but not in proportion.
    private static func mean(_ frames: [ChromaFrames.Chroma]) -> [Double] {
        var sums = [Double](repeating: 0, count: 12)
        for frame in frames {
            let level = frame.sum().squareRoot()
            guard level > 0 else { continue }
            for index in 0..<12 { sums[index] += Double(frame[index] / level) }
        }
        return sums
    }

    private static func mean(_ frames: [ChordPosteriors.Shares], weights: [Double]? = nil) -> [Double] {
        var (sums, total) = ([Double](repeating: 0, count: 24), 0.0)
        for (index, frame) in frames.enumerated() {
            let weight = weights?[index] ?? 1
            total += weight
            for chord in 0..<24 { sums[chord] += weight * Double(frame[chord]) }
        }
        return sums.map { $0 / total }
    }

    private static func share(_ values: [Double]) -> [Double] {
        let sum = values.reduce(0, +)
        return sum > 0 ? values.map { $0 / sum } : values
    }
}
